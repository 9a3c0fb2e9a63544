import { type ConnectionContext, silentLogger, systemClock } from '@signalbox/abstractions'
import {
  ConnectionDispatcher,
  type ConnectionEndpoint,
  HttpConnectionManager,
  type HttpExchange,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
} from '@signalbox/connections'
import { FakeExchange, RawWebSocket, RecordingSocket, webSocketRequest } from '@signalbox/connections/testing'
import {
  type ClientProxy,
  DefaultHubLifetimeManager,
  Hub,
  type HubClients,
  HubRuntime,
  hubConnectionHandler,
} from '@signalbox/hubs'
import { JsonHubProtocol } from '@signalbox/protocol'
import { expect } from 'chai'
import fc from 'fast-check'
import { createServer, type SignalboxServer } from './signalbox-server.js'

const handshake = '{"protocol":"json","version":1}\x1e'
const handshakeAnswer = '{}\x1e'

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

interface OrderClient {
  deliver(number: number): void
}

/** Sends to some from inside a call, then answers it. */
class OrderHub extends Hub<OrderClient> {
  static readonly hubMethods = { relay: 2 }

  relay(audience: Relay['audience'], number: number): number {
    const { clients } = this
    void (audience === 'othersInGroup' ? clients.othersInGroup('a') : clients[audience]).deliver(number)
    return number
  }
}

// What can happen

type Audience =
  | { readonly kind: 'all' }
  | { readonly kind: 'allExcept' | 'clients'; readonly connections: readonly number[] }
  | { readonly kind: 'client'; readonly connection: number }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'groups'; readonly groups: readonly string[] }
  | { readonly kind: 'groupExcept'; readonly group: string; readonly connections: readonly number[] }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'users'; readonly users: readonly string[] }

interface Send {
  readonly kind: 'send'
  readonly audience: Audience
}

/** A client invokes a method that sends and then completes. */
interface Relay {
  readonly kind: 'relay'
  readonly connection: number
  readonly audience: 'caller' | 'others' | 'all' | 'othersInGroup'
}

type Operation =
  | Send
  | Relay
  | { readonly kind: 'join' | 'leave'; readonly connection: number; readonly group: string }
  /** From its next frame on a socket is slow, until it drains. */
  | { readonly kind: 'slow' | 'drain'; readonly connection: number }
  | { readonly kind: 'turn' }

const users = ['ada', 'ada', 'bob', 'bob', undefined, undefined] as const
const connection = fc.nat(users.length - 1)
const connections = fc.array(connection, { maxLength: 4 })
const group = fc.constantFrom('a', 'b', 'c')
const user = fc.constantFrom('ada', 'bob', 'nobody')

const audience: fc.Arbitrary<Audience> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('all' as const) }) },
  fc.record({ kind: fc.constantFrom('allExcept' as const, 'clients' as const), connections }),
  fc.record({ kind: fc.constant('client' as const), connection }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('group' as const), group }) },
  fc.record({ kind: fc.constant('groups' as const), groups: fc.uniqueArray(group, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('groupExcept' as const), group, connections }),
  fc.record({ kind: fc.constant('user' as const), user }),
  fc.record({ kind: fc.constant('users' as const), users: fc.array(user, { maxLength: 3 }) }),
)

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), audience }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('relay' as const),
      connection,
      audience: fc.constantFrom('caller' as const, 'others' as const, 'all' as const, 'othersInGroup' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), connection, group }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('slow' as const, 'drain' as const), connection }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
)

/** What each connection must get, by the simplest means: an array per connection. */
class Model {
  readonly received: string[][] = users.map(() => [handshakeAnswer])
  readonly #groups = new Map<string, Set<number>>()

  members(name: string): number[] {
    return [...(this.#groups.get(name) ?? [])]
  }

  join(name: string, index: number): void {
    this.#groups.set(name, new Set(this.members(name)).add(index))
  }

  leave(name: string, index: number): void {
    this.#groups.get(name)?.delete(index)
  }

  deliver(receivers: readonly number[], number: number): void {
    for (const index of receivers)
      this.received[index]!.push(`{"type":1,"target":"deliver","arguments":[${number}]}\x1e`)
  }

  complete(index: number, number: number): void {
    this.received[index]!.push(`{"type":3,"invocationId":"${number}","result":${number}}\x1e`)
  }

  receiversOf(to: Audience): number[] {
    const everyone = [...users.keys()]
    switch (to.kind) {
      case 'all':
        return everyone
      case 'allExcept':
        return everyone.filter(index => !to.connections.includes(index))
      case 'client':
        return [to.connection]
      case 'clients':
        return everyone.filter(index => to.connections.includes(index))
      case 'group':
        return this.members(to.group)
      case 'groups':
        return to.groups.flatMap(name => this.members(name))
      case 'groupExcept':
        return this.members(to.group).filter(index => !to.connections.includes(index))
      case 'user':
        return everyone.filter(index => users[index] === to.user)
      case 'users':
        return everyone.filter(index => users[index] !== undefined && to.users.includes(users[index]))
    }
  }
}

/** A hub with everything beneath it down to the sockets, which are recorded. */
class OrderServer {
  readonly runtime = new HubRuntime(
    OrderHub,
    new DefaultHubLifetimeManager(),
    [new JsonHubProtocol()],
    silentLogger,
    systemClock,
  )
  readonly ids: string[] = []
  readonly sockets: RecordingSocket[] = []
  readonly exchanges: FakeExchange[] = []
  readonly #dispatcher: ConnectionDispatcher
  readonly #endpoint: ConnectionEndpoint

  constructor() {
    const manager = new HttpConnectionManager(resolveConnectionManagerOptions({}), systemClock, silentLogger)
    this.#dispatcher = new ConnectionDispatcher(manager, () => true)
    const handler = hubConnectionHandler(this.runtime, {
      userIdProvider: ({ httpRequest }) => httpRequest.query('user'),
    })
    this.#endpoint = {
      options: resolveConnectionOptions({}),
      handler: (opened: ConnectionContext) => {
        this.ids.push(opened.connectionId)
        handler(opened)
      },
    }
  }

  get clients(): HubClients<OrderClient> {
    return this.runtime.clients as unknown as HubClients<OrderClient>
  }

  connect(userId: string | undefined): void {
    const socket = new RecordingSocket()
    const exchange = new FakeExchange(webSocketRequest('/', userId === undefined ? '' : `user=${userId}`), socket)
    this.#dispatcher.dispatch(exchange satisfies HttpExchange, this.#endpoint)
    this.sockets.push(socket)
    this.exchanges.push(exchange)
    this.receive(this.sockets.length - 1, handshake)
  }

  receive(index: number, text: string): void {
    this.exchanges[index]!.socketHandler!.onMessage(Buffer.from(text))
  }

  drain(index: number): void {
    this.sockets[index]!.drain()
    this.exchanges[index]!.socketHandler!.onDrain()
  }

  proxyTo(to: Audience): ClientProxy<OrderClient> {
    const idsOf = (indices: readonly number[]) => indices.map(index => this.ids[index]!)
    switch (to.kind) {
      case 'all':
        return this.clients.all
      case 'allExcept':
        return this.clients.allExcept(idsOf(to.connections))
      case 'client':
        return this.clients.client(this.ids[to.connection]!)
      case 'clients':
        return this.clients.clients(idsOf(to.connections))
      case 'group':
        return this.clients.group(to.group)
      case 'groups':
        return this.clients.groups(to.groups)
      case 'groupExcept':
        return this.clients.groupExcept(to.group, idsOf(to.connections))
      case 'user':
        return this.clients.user(to.user)
      case 'users':
        return this.clients.users(to.users)
    }
  }
}

/** Does the same to the server and to the model. @returns both, after everything that waited has gone out. */
async function play(operations: readonly Operation[]): Promise<{ server: OrderServer; model: Model }> {
  const server = new OrderServer()
  const model = new Model()
  for (const userId of users) server.connect(userId)
  await turn()
  let number = 0
  for (const one of operations) {
    number++
    switch (one.kind) {
      case 'send':
        void server.proxyTo(one.audience).deliver(number)
        model.deliver(model.receiversOf(one.audience), number)
        break
      case 'relay':
        relay(server, model, one, number)
        break
      case 'join':
        await server.runtime.groups.addToGroup(server.ids[one.connection]!, one.group)
        model.join(one.group, one.connection)
        break
      case 'leave':
        await server.runtime.groups.removeFromGroup(server.ids[one.connection]!, one.group)
        model.leave(one.group, one.connection)
        break
      case 'slow':
        server.sockets[one.connection]!.isSlow = true
        break
      case 'drain':
        server.drain(one.connection)
        break
      case 'turn':
        await turn()
    }
  }
  await turn()
  for (const index of users.keys()) server.drain(index)
  return { server, model }
}

function relay(server: OrderServer, model: Model, { connection: caller, audience: to }: Relay, number: number): void {
  const call = { type: 1, invocationId: String(number), target: 'relay', arguments: [to, number] }
  server.receive(caller, `${JSON.stringify(call)}\x1e`)
  const receivers = {
    caller: [caller],
    all: [...users.keys()],
    others: [...users.keys()].filter(index => index !== caller),
    othersInGroup: model.members('a').filter(index => index !== caller),
  }
  model.deliver(receivers[to], number)
  model.complete(caller, number)
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('the order of messages', () => {
  const random = { seed: 20_260_401, numRuns: 300 }
  const operations = fc.array(operation, { minLength: 1, maxLength: 80 })

  it('is per connection the order of sending, over any mix of audiences, calls and slow sockets', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async run => {
        const { server, model } = await play(run)

        const received = server.sockets.map(({ frames }) => frames.map(textOf).join(''))
        expect(received).to.deep.equal(model.received.map(messages => messages.join('')))
      }),
      random,
    )
  })

  it('is kept in frames of whole messages', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async run => {
        const { server } = await play(run)

        for (const { frames } of server.sockets) for (const frame of frames) expect(frame.at(-1)).to.equal(0x1e)
      }),
      random,
    )
  })

  it('costs one array for all frames of one history', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async run => {
        const { server } = await play(run)

        const arrays = new Map<string, Uint8Array>()
        for (const { frames } of server.sockets) {
          for (const frame of frames) {
            const text = textOf(frame) // every message carries the number of its send, so equal texts are one history
            expect(arrays.get(text) ?? frame).to.equal(frame)
            arrays.set(text, frame)
          }
        }
      }),
      random,
    )
  })
})

describe('clients that stop reading', () => {
  it('cost references, not copies of what they are owed', async () => {
    const stalled = 200
    const server = new OrderServer()
    for (let index = 0; index < stalled; index++) server.connect(undefined)
    await turn()
    for (const socket of server.sockets) socket.isSlow = true
    const text = 'x'.repeat(16_000)
    const broadcast = (server.clients as unknown as HubClients<{ notify(text: string): void }>).all
    void broadcast.notify(text)
    await turn()
    const before = process.memoryUsage()

    for (let message = 0; message < 50; message++) {
      void broadcast.notify(text)
      await turn()
    }

    const after = process.memoryUsage()
    const copiesBytes = stalled * 50 * text.length
    expect(after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed).to.be.below(copiesBytes / 10)
    for (const index of server.sockets.keys()) server.drain(index)
    expect(server.sockets.every(({ frames }) => frames.at(-1) === server.sockets[0]!.frames.at(-1))).to.equal(true)
  })

  describe('among others, on a real network', () => {
    /** Connections that the hub has seen go. */
    let left: string[]

    class NotifyHub extends Hub<{ notify(number: number, text: string): void }> {
      override onDisconnected(): void {
        left.push(this.context.connectionId)
      }
    }

    const text = 'x'.repeat(16_000)
    const messagesPerBurst = 16
    /** 32 MB: far more than the limit and the socket buffers of a local connection. */
    const mostMessages = 2_048

    let server: SignalboxServer
    let readers: NotifyReader[]
    let stalled: RawWebSocket

    beforeEach(async function () {
      this.timeout(20_000)
      left = []
      server = createServer({ logger: silentLogger })
      server.mapHub('/hub', NotifyHub)
      const { port } = await server.listen(0)
      readers = []
      for (let reader = 0; reader < 49; reader++) readers.push(new NotifyReader(await openHub(port), text))
      stalled = await openHub(port)
      stalled.connection.stall()
    })

    afterEach(() => server.close({ drainTimeoutMs: 100 }))

    /** Every burst must have reached all readers before the next one is sent. */
    async function broadcastUntilOneIsCut(): Promise<void> {
      const { clients } = server.hub(NotifyHub)
      for (let sent = 0; left.length === 0 && sent < mostMessages; ) {
        for (let message = 0; message < messagesPerBurst; message++) void clients.all.notify(sent++, text)
        await Promise.all(readers.map(reader => reader.readUpTo(sent)))
      }
    }

    it('are cut, while every burst reaches the others whole, in order and before the next', async function () {
      this.timeout(20_000)
      await broadcastUntilOneIsCut()

      expect(left.length).to.equal(1)
      expect(server.connectionCount).to.equal(readers.length)
    })

    it('have got no message behind one that they missed', async function () {
      this.timeout(20_000)
      await broadcastUntilOneIsCut()
      const late = new NotifyReader(stalled, text)
      stalled.connection.resume()

      const end = await late.readUpTo(mostMessages).catch((reason: Error) => reason)
      expect(String(end)).to.include('The connection ended')
    })
  })
})

async function openHub(port: number): Promise<RawWebSocket> {
  const client = await RawWebSocket.open(port, '/hub')
  client.sendText(handshake)
  expect(await client.readText()).to.equal(handshakeAnswer)
  return client
}

/** Reads notifications and fails on the first that is not the next. */
class NotifyReader {
  readonly #client: RawWebSocket
  readonly #text: string
  #next = 0

  constructor(client: RawWebSocket, text: string) {
    this.#client = client
    this.#text = text
  }

  async readUpTo(count: number): Promise<void> {
    while (this.#next < count) {
      const { payload } = await this.#client.readFrame()
      for (let offset = 0; offset < payload.length; ) {
        const message = Buffer.from(
          `{"type":1,"target":"notify","arguments":[${this.#next++},"${this.#text}"]}\x1e`,
          'latin1',
        )
        expect(payload.subarray(offset, offset + message.length).equals(message)).to.equal(true)
        offset += message.length
      }
    }
  }
}
