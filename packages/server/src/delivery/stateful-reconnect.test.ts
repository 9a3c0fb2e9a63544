import { once } from 'node:events'
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import { createServer, Hub, type SignalboxServer } from '../index.js'

const clientCount = 20
const cutsPerClient = 50
const seed = 20_261

interface ItemClient {
  item(number: number): void
}

/** What one connection has gone through on the server. */
interface Visit {
  connects: number
  disconnects: number
  readonly called: number[]
  pushed: number
}

const visits = new Map<string, Visit>()

class CountingHub extends Hub<ItemClient> {
  static readonly hubMethods = { echo: 2, push: 2 }

  echo(number: number, padding: string): string {
    this.#visit.called.push(number)
    return `${number}${padding}`
  }

  /** Every item is a message of its own. */
  push(number: number, count: number): void {
    this.#visit.called.push(number)
    for (let item = 0; item < count; item++) void this.clients.caller.item(this.#visit.pushed++)
  }

  override onConnected(): void {
    const { connectionId } = this.context
    const visit = visits.get(connectionId) ?? { connects: 0, disconnects: 0, called: [], pushed: 0 }
    visit.connects++
    visits.set(connectionId, visit)
  }

  override onDisconnected(): void {
    this.#visit.disconnects++
  }

  get #visit(): Visit {
    return visits.get(this.context.connectionId)!
  }
}

/** Numbers from 0 to 1, the same for the same seed. @source mulberry32 */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * The network between one client and the server: it lets each of the client's WebSockets live for a random number of
 * bytes.
 */
class CuttingProxy {
  cuts = 0
  #hasStarted = false
  readonly #random: () => number
  readonly #listener: Server
  readonly #sockets = new Set<Socket>()

  constructor(port: number, random: () => number) {
    this.#random = random
    this.#listener = createTcpServer(client => this.#join(client, connect(port, '127.0.0.1')))
  }

  async listen(): Promise<string> {
    this.#listener.listen(0, '127.0.0.1')
    await once(this.#listener, 'listening')
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`
  }

  /** From now on: a WebSocket that is cut in the handshake is nobody's to resume. */
  startCutting(): void {
    this.#hasStarted = true
  }

  get isCutting(): boolean {
    return this.#hasStarted && this.cuts < cutsPerClient
  }

  close(): void {
    this.#listener.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(client: Socket, server: Socket): void {
    // Mostly little, so that replays break off, sometimes enough for acknowledgements to come through.
    let bytesLeft = Math.ceil(this.#random() ** 3 * 15_000)
    // The client has one attempt to resume. So a socket is not cut before the client has seen it open and says
    // something; what the server says first is held back until then, to be cut as well as anything else.
    let isOpening = this.isCutting
    let held: Buffer | undefined

    const pass = (bytes: Buffer, to: Socket) => {
      if (!this.isCutting || isOpening || bytes.length < bytesLeft) to.write(bytes)
      else {
        to.write(bytes.subarray(0, bytesLeft))
        this.#cut(client, server)
      }
      if (this.isCutting && !isOpening) bytesLeft -= bytes.length
    }
    client.on('data', bytes => {
      if (held !== undefined) {
        isOpening = false
        pass(held, client)
        held = undefined
      }
      pass(bytes, server)
    })
    server.on('data', bytes => {
      if (!isOpening) return pass(bytes, client)
      if (held !== undefined) held = Buffer.concat([held, bytes])
      else {
        const headEnd = bytes.indexOf('\r\n\r\n') + 4
        client.write(bytes.subarray(0, headEnd))
        held = bytes.subarray(headEnd)
      }
    })
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {}) // `close` follows
      socket.on('close', () => this.#sockets.delete(socket))
    }
    server.on('close', () => client.destroy())
  }

  /** Every fourth time the server does not notice, until the client comes back. */
  #cut(client: Socket, server: Socket): void {
    if (client.destroyed) return
    this.cuts++
    client.resetAndDestroy()
    if (this.cuts % 4 !== 0) server.resetAndDestroy()
  }
}

/** Calls, and is called, as long as its network has not been cut often enough. */
class TalkingClient {
  readonly items: number[] = []
  calls = 0
  readonly proxy: CuttingProxy
  readonly #random: () => number
  readonly connection: HubConnection

  constructor(url: string, proxy: CuttingProxy, random: () => number) {
    this.proxy = proxy
    this.#random = random
    this.connection = new HubConnectionBuilder()
      .withUrl(`${url}/counting`, HttpTransportType.WebSockets)
      .withStatefulReconnect()
      .configureLogging(LogLevel.None)
      .build()
    this.connection.on('item', (number: number) => this.items.push(number))
  }

  async talk(server: SignalboxServer): Promise<void> {
    this.proxy.startCutting()
    const { connectionId } = this.connection
    const rounds = cutsPerClient * 100
    for (let round = 0; round < rounds && this.proxy.isCutting; round++) {
      const echoes = [this.#echo(), this.#echo()]
      await this.connection.send('push', this.calls++, Math.ceil(this.#random() * 5))
      echoes.push(this.#echo())
      void server
        .hub(CountingHub)
        .clients.client(connectionId!)
        .item(visits.get(connectionId!)!.pushed++)
      await Promise.all(echoes)
    }
    await this.#echo() // behind everything that was sent before
  }

  async #echo(): Promise<void> {
    const number = this.calls++
    const padding = '.'.repeat(this.#random() * 100)
    expect(await this.connection.invoke('echo', number, padding)).to.equal(`${number}${padding}`)
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('stateful reconnect with the official client', () => {
  const errors: string[] = []
  let server: SignalboxServer
  let clients: TalkingClient[]

  before(async () => {
    const noteError = (message: string) => errors.push(message)
    server = createServer({ logger: { debug() {}, info() {}, warn: noteError, error: noteError } })
    server.mapHub('/counting', CountingHub, { allowStatefulReconnects: true })
    const { port } = await server.listen(0)
    errors.length = 0 // where uWebSockets.js cannot be loaded, the choice of the other host is a warning
    clients = await Promise.all(
      upTo(clientCount).map(async index => {
        const random = createRandom(seed + index)
        const proxy = new CuttingProxy(port, random)
        return new TalkingClient(await proxy.listen(), proxy, random)
      }),
    )
  })

  after(async () => {
    await Promise.all(clients.map(({ connection }) => connection.stop()))
    for (const { proxy } of clients) proxy.close()
    await server.close()
  })

  it(`loses nothing, repeats nothing and keeps the order over ${clientCount * cutsPerClient} cuts`, async () => {
    await Promise.all(
      clients.map(async client => {
        await client.connection.start()
        const { connectionId } = client.connection
        await client.talk(server)
        const { pushed, ...visit } = visits.get(connectionId!)!
        expect(client.proxy.cuts).to.equal(cutsPerClient)
        expect(client.connection.connectionId).to.equal(connectionId)
        expect(visit).to.deep.equal({ connects: 1, disconnects: 0, called: upTo(client.calls) })
        expect(client.items).to.deep.equal(upTo(pushed))
      }),
    )
    expect(visits.size).to.equal(clientCount)
    expect(errors).to.deep.equal([])
  }).timeout(60_000)
})
