import { setImmediate as turn } from 'node:timers/promises'
import { anonymous, type ClaimsPrincipal } from '@signalbox/abstractions'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  answer,
  failure,
  handshakeRequest,
  invocation,
  invoke,
  invokeStream,
  question,
  result,
  streamEnd,
  streamItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import type { HubOptions } from '../authoring/hub-options.js'

const userWith = (role: string): ClaimsPrincipal => ({
  ...anonymous,
  isAuthenticated: true,
  findFirst: () => role,
  hasClaim: (_type, value) => value === role,
})

/** What the hub was told and asked, in order, with the role it saw. */
let calls: string[]
let ends: Map<string, Deferred>
let connecting: Promise<void> | undefined
let refreshing: (hub: RefreshedHub) => void | Promise<void>

class RefreshedHub extends Hub {
  static hubMethods = { who: 0, hold: 1, ask: 0, remember: 1, recall: 0 }

  get role(): string | undefined {
    return this.context.user.findFirst('role')
  }

  who(): string {
    return `${this.context.userIdentifier} ${this.role}`
  }

  /** @returns who called, as seen when the test ended the call. */
  async hold(name: string): Promise<string> {
    calls.push(`${name} ${this.role}`)
    await endOf(name).promise
    return this.who()
  }

  @hubMethod
  async *watch(): AsyncGenerator<string> {
    yield this.who()
    await endOf('watch').promise
    yield this.who()
  }

  ask(): Promise<unknown> {
    return this.clients.caller.invoke['Ask']!()
  }

  remember(text: string): void {
    this.context.items.set('text', text)
  }

  recall(): unknown {
    return this.context.items.get('text')
  }

  @hubMethod({ authorize: 'admin' })
  ban(): void {}

  override async onConnected(): Promise<void> {
    await connecting
  }

  override onAuthenticationRefreshed(): void | Promise<void> {
    calls.push(`refreshed ${this.role}`)
    return refreshing(this)
  }
}

function endOf(name: string): Deferred {
  const end = ends.get(name) ?? new Deferred()
  ends.set(name, end)
  return end
}

describe('HubConnectionHandler, when the credentials of its client are refreshed', () => {
  let server: TestServer

  beforeEach(() => {
    calls = []
    ends = new Map()
    connecting = undefined
    refreshing = () => {}
  })

  /** A client in the role of a user, whose hub has been told of the connection. */
  async function connect(options: HubOptions = {}): Promise<TestConnection> {
    server = new TestServer(RefreshedHub, {
      userIdProvider: () => 'ann',
      policies: { admin: user => user.hasClaim('role', 'admin') },
      ...options,
    })
    const client = server.connect({ user: userWith('user') })
    client.receive(invoke('0', 'who'))
    expect(await client.nextSent()).to.equal(result('0', 'ann user'))
    return client
  }

  it('tells the hub, which sees the new user under the same user id', async () => {
    const client = await connect()
    refreshing = hub => hub.clients.caller['Refreshed']!(hub.who())
    client.refresh(userWith('admin'))
    expect(await client.nextSent()).to.equal(invocation('Refreshed', 'ann admin'))
  })

  it('lets later calls run as the new user', async () => {
    const client = await connect()
    client.receive(invoke('1', 'ban'))
    expect(await client.nextSent()).to.equal(failure('1', "Failed to invoke 'ban' because user is unauthorized"))
    client.refresh(userWith('admin'))
    client.receive(invoke('2', 'ban'))
    expect(await client.nextSent()).to.equal(result('2', null))
  })

  it('tells of the latest hundred when more come while a call holds the only slot', async () => {
    const client = await connect()
    client.receive(invoke('1', 'hold', 'A'))
    for (let refresh = 1; refresh <= 150; refresh++) client.refresh(userWith(`r${refresh}`))
    endOf('A').resolve()
    expect(await client.nextSent()).to.equal(result('1', 'ann user'))
    client.receive(invoke('2', 'who'))
    expect(await client.nextSent()).to.equal(result('2', 'ann r150'))
    while (calls.at(-1) !== 'refreshed r150') await turn()
    expect(calls.slice(1)).to.deep.equal(Array.from({ length: 100 }, (_, index) => `refreshed r${index + 51}`))
  })

  it('lets a call that runs keep the user it started with', async () => {
    const client = await connect()
    client.receive(invoke('1', 'hold', 'A'))
    client.refresh(userWith('admin'))
    endOf('A').resolve()
    expect(await client.nextSent()).to.equal(result('1', 'ann user'))
  })

  it('lets a stream keep the user it started with', async () => {
    const client = await connect()
    client.receive(invokeStream('1', 'watch'))
    expect(await client.nextSent()).to.equal(streamItem('1', 'ann user'))
    client.refresh(userWith('admin'))
    endOf('watch').resolve()
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
      streamItem('1', 'ann user'),
      streamEnd('1'),
    ])
  })

  it('keeps the items of the connection', async () => {
    const client = await connect()
    client.receive(invoke('1', 'remember', 'this'))
    await client.nextSent()
    client.refresh(userWith('admin'))
    client.receive(invoke('2', 'recall'))
    expect(await client.nextSent()).to.equal(result('2', 'this'))
  })

  it('tells the hub after a call that holds the only slot', async () => {
    const client = await connect()
    client.receive(invoke('1', 'hold', 'A'))
    client.refresh(userWith('admin'))
    await turn()
    expect(calls).to.deep.equal(['A user'])
    endOf('A').resolve()
    await client.nextSent()
    expect(calls).to.deep.equal(['A user', 'refreshed admin'])
  })

  it('tells the hub beside a call when there are slots for both', async () => {
    const client = await connect({ maximumParallelInvocationsPerClient: 2 })
    client.receive(invoke('1', 'hold', 'A'))
    client.refresh(userWith('admin'))
    expect(calls).to.deep.equal(['A user', 'refreshed admin'])
  })

  it('tells the hub before a call that waits, which then runs as the new user', async () => {
    const client = await connect()
    client.receive(invoke('1', 'hold', 'A') + invoke('2', 'hold', 'B'))
    client.refresh(userWith('admin'))
    endOf('A').resolve()
    await client.nextSent()
    await turn()
    expect(calls).to.deep.equal(['A user', 'refreshed admin', 'B admin'])
  })

  it('lets calls wait until the hub is done with it', async () => {
    const client = await connect()
    const done = new Deferred()
    refreshing = () => done.promise
    client.refresh(userWith('admin'))
    client.receive(invoke('1', 'who'))
    await turn()
    expect(client.sent).to.deep.equal([])
    done.resolve()
    expect(await client.nextSent()).to.equal(result('1', 'ann admin'))
  })

  it('tells the hub of each time in order and with its own user, one after the other even when more slots are free', async () => {
    const client = await connect({ maximumParallelInvocationsPerClient: 9 })
    const [first, second] = [new Deferred(), new Deferred()]
    const pending = [first, second]
    refreshing = () => pending.shift()?.promise
    for (const role of ['first', 'second', 'third']) client.refresh(userWith(role))
    await turn()
    expect(calls).to.deep.equal(['refreshed first'])
    first.resolve()
    await turn()
    expect(calls).to.deep.equal(['refreshed first', 'refreshed second'])
    second.resolve()
    await turn()
    expect(calls).to.deep.equal(['refreshed first', 'refreshed second', 'refreshed third'])
  })

  it('tells the hub while a call waits for its client, which holds no slot', async () => {
    const client = await connect()
    client.receive(invoke('1', 'ask'))
    expect(await client.nextSent()).to.equal(question('s1', 'Ask'))
    client.refresh(userWith('admin'))
    expect(calls).to.deep.equal(['refreshed admin'])
    client.receive(answer('s1', 42))
    expect(await client.nextSent()).to.equal(result('1', 42))
  })

  it('tells the hub only after it has heard of the connection', async () => {
    const connected = new Deferred()
    connecting = connected.promise
    server = new TestServer(RefreshedHub)
    const client = server.connect({ user: userWith('user') })
    client.refresh(userWith('admin'))
    await turn()
    expect(calls).to.deep.equal([])
    connected.resolve()
    await turn()
    expect(calls).to.deep.equal(['refreshed admin'])
  })

  it('tells nobody before the handshake, which is the new user’s', async () => {
    server = new TestServer(RefreshedHub, { userIdProvider: ({ user }) => user.findFirst('role') })
    const client = server.accept({ user: userWith('user') })
    client.refresh(userWith('admin'))
    client.receive(handshakeRequest + invoke('1', 'who'))
    await turn()
    expect(client.sent).to.deep.equal(['{}', result('1', 'admin admin')])
    expect(calls).to.deep.equal([])
  })

  it('tells nobody once the connection has ended', async () => {
    const client = await connect()
    client.receive(invoke('1', 'hold', 'A'))
    client.refresh(userWith('admin'))
    client.vanish()
    await client.ended
    client.refresh(userWith('owner'))
    endOf('A').resolve()
    await turn()
    expect(calls).to.deep.equal(['A user'])
  })

  for (const [how, fail] of Object.entries({
    throws: () => {
      throw new RangeError('BOOM!')
    },
    rejects: () => Promise.reject(new RangeError('BOOM!')),
  })) {
    it(`logs when the hub ${how}, and goes on`, async () => {
      const client = await connect()
      refreshing = fail
      client.refresh(userWith('admin'))
      client.receive(invoke('1', 'who'))
      expect(await client.nextSent()).to.equal(result('1', 'ann admin'))
      expect(server.logger.errors.map(({ message }) => message)).to.deep.equal([
        'RefreshedHub.onAuthenticationRefreshed failed.',
      ])
    })
  }

  it('refuses to ask clients for results meanwhile', async () => {
    const client = await connect()
    const refused = new Promise<unknown>(resolve => {
      refreshing = async hub => resolve(await hub.clients.caller.invoke['Ask']!().catch(error => error))
    })
    client.refresh(userWith('admin'))
    expect(await refused).to.have.property(
      'message',
      'Client results inside OnAuthenticationRefreshedAsync Hub methods are not allowed.',
    )
    expect(client.sent).to.deep.equal([])
  })

  it('passes no filter', async () => {
    const passed: string[] = []
    const client = await connect({
      filters: [
        {
          async invokeMethod(context, next) {
            passed.push(context.hubMethodName)
            return next(context)
          },
        },
      ],
    })
    client.refresh(userWith('admin'))
    await turn()
    expect(calls).to.deep.equal(['refreshed admin'])
    expect(passed).to.deep.equal(['who'])
  })
})
