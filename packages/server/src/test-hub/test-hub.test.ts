import { expect } from 'chai'
import {
  authorize,
  ConfigurationError,
  createPrincipal,
  Hub,
  HubException,
  type HubFilter,
  type Invocation,
  stream,
} from '../index.js'
import { type TestHub, type TestHubOptions, testHub } from './index.js'

interface ChatClient {
  message(from: string, text: string): void
  at(time: Date): void
  confirm(question: string): Promise<boolean>
}

/** As a library of schemas makes them. */
const schema = <T>(fits: (value: unknown) => value is T) => ({
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => (fits(value) ? { value } : { issues: [{ message: 'does not fit' }] }),
  },
})
const text = (maximumLength: number) =>
  schema((value): value is string => typeof value === 'string' && value.length <= maximumLength)
const number = schema((value): value is number => typeof value === 'number')

let disconnected: (Error | undefined)[]
let signals: AbortSignal[]

class ChatHub extends Hub<ChatClient> {
  static hubMethods = {
    send: { arguments: [text(Infinity), text(10)] },
    sendToUser: 2,
    join: 1,
    leave: 1,
    now: 0,
    fail: 0,
    refuse: 0,
    ask: 0,
    quit: 0,
    sum: { arguments: [stream(number)] },
    count: 1,
    wait: 0,
    secret: { authorize: 'admin' },
    who: 0,
  }

  override async onConnected(): Promise<void> {
    const { httpRequest, connectionId } = this.context
    if (httpRequest.query('room') === 'closed') throw new HubException('The room is closed.')
    if (httpRequest.query('room') === 'broken') throw new Error('BOOM!')
    if (httpRequest.query('room') === 'left') return this.context.abort()
    await this.clients.others.message('system', `${connectionId} is here`)
  }

  override onDisconnected(error: Error | undefined): void {
    disconnected.push(error)
  }

  async send(room: string, text: string): Promise<void> {
    await this.clients.group(room).message(this.context.userIdentifier ?? 'somebody', text)
  }

  async sendToUser(user: string, text: string): Promise<void> {
    await this.clients.user(user).message(this.context.userIdentifier ?? 'somebody', text)
  }

  join(room: string): Promise<void> {
    return this.groups.addToGroup(this.context.connectionId, room)
  }

  leave(room: string): Promise<void> {
    return this.groups.removeFromGroup(this.context.connectionId, room)
  }

  async now(): Promise<Date> {
    await this.clients.caller.at(new Date(0))
    return new Date(0)
  }

  fail(): void {
    throw new TypeError('secret detail')
  }

  refuse(): void {
    throw new HubException('Not today.')
  }

  ask(): Promise<boolean> {
    return this.clients.caller.invoke.confirm('Really?')
  }

  quit(): void {
    this.context.abort()
  }

  async sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0
    for await (const number of numbers) sum += number
    return sum
  }

  async *count(to: number, { signal }: Invocation): AsyncGenerator<number> {
    signals.push(signal)
    for (let number = 1; number <= to; number++) yield number
  }

  async wait({ signal }: Invocation): Promise<void> {
    signals.push(signal)
    await new Promise(resolve => signal.addEventListener('abort', resolve))
  }

  secret(): string {
    return 'secret'
  }

  who(): unknown {
    const { user, userIdentifier, httpRequest } = this.context
    return {
      user: userIdentifier,
      role: user.findFirst('role'),
      ...httpRequest.params,
      agent: httpRequest.header('User-Agent'),
    }
  }
}

@authorize('admin')
class AdminHub extends Hub {}

const policies: TestHubOptions['policies'] = { admin: user => user.hasClaim('role', 'admin') }
const admin = createPrincipal({ userId: 'root', claims: [{ type: 'role', value: 'admin' }] })

const rejected = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('It did not reject.'),
    (error: Error) => error,
  )

describe('testHub', () => {
  let chat: TestHub<ChatHub>

  beforeEach(() => {
    disconnected = []
    signals = []
    chat = testHub(ChatHub, { policies: policies! })
  })

  afterEach(() => chat.close())

  it('has a hub method answer a call', async () => {
    const alice = await chat.connect({ user: 'alice' })
    expect(await alice.invoke('who')).to.deep.equal({ user: 'alice' })
  })

  it('shows what each client received', async () => {
    const alice = await chat.connect({ user: 'alice' })
    const bob = await chat.connect({ user: 'bob' })
    const carol = await chat.connect({ user: 'carol' })
    await alice.invoke('join', 'lobby')
    await bob.invoke('join', 'lobby')
    await alice.invoke('send', 'lobby', 'hi')
    await carol.invoke('sendToUser', 'bob', 'psst')
    expect(bob.received).to.deep.equal([
      { target: 'message', arguments: ['system', 'connection-3 is here'] },
      { target: 'message', arguments: ['alice', 'hi'] },
      { target: 'message', arguments: ['carol', 'psst'] },
    ])
    expect(carol.received).to.deep.equal([])
  })

  it('shows what was sent to whom, whether anybody was there or not', async () => {
    const alice = await chat.connect({ user: 'alice', connectionId: 'a' })
    await alice.invoke('send', 'lobby', 'hi')
    await alice.invoke('sendToUser', 'bob', 'psst')
    await alice.invoke('now')
    expect(chat.sent).to.deep.equal([
      { to: { all: true, except: ['a'] }, target: 'message', arguments: ['system', 'a is here'] },
      { to: { groups: ['lobby'] }, target: 'message', arguments: ['alice', 'hi'] },
      { to: { users: ['bob'] }, target: 'message', arguments: ['alice', 'psst'] },
      { to: { clients: ['a'] }, target: 'at', arguments: [new Date(0)] },
    ])
  })

  it('shows which groups a client is in', async () => {
    const alice = await chat.connect()
    await alice.invoke('join', 'lobby')
    await alice.invoke('join', 'attic')
    await alice.invoke('leave', 'lobby')
    expect([...alice.groups]).to.deep.equal(['attic'])
    await alice.disconnect()
    expect([...alice.groups]).to.deep.equal([])
  })

  it('brings values as JSON brings them', async () => {
    const alice = await chat.connect()
    const now: string = await alice.invoke('now')
    expect(new Date(now)).to.deep.equal(new Date(0))
    expect(alice.received[0]?.arguments).to.deep.equal([now])
  })

  it('fails a call with the text clients get in production, and tells the test why', async () => {
    const alice = await chat.connect()
    const error = await rejected(alice.invoke('fail'))
    expect(error.message).to.equal("An unexpected error occurred invoking 'fail' on the server.")
    expect(error.cause).to.be.instanceOf(TypeError).with.property('message', 'secret detail')
    expect(chat.log.filter(({ level }) => level === 'error')).to.deep.equal([
      { level: 'error', message: 'Hub method ChatHub.fail failed.', error: error.cause },
    ])
  })

  it('gives no cause to a call that failed for another reason than the one before it', async () => {
    const alice = await chat.connect()
    await rejected(alice.invoke('fail'))
    const error = await rejected(alice.invoke('refuse'))
    expect(error.message).to.match(/HubException: Not today\.$/)
    expect(error.cause).to.equal(undefined)
  })

  it('checks arguments as in production', async () => {
    const alice = await chat.connect()
    const text = "Failed to invoke 'send' due to an error on the server."
    expect((await rejected(alice.invoke('send', 'lobby', 'much too long'))).message).to.equal(text)
    expect((await rejected(alice.invoke('join', ...([] as unknown as [string])))).message).to.equal(
      "Failed to invoke 'join' due to an error on the server.",
    )
    expect(chat.sent.filter(({ to }) => 'groups' in to)).to.deep.equal([])
  })

  it('says more with detailed errors', async () => {
    chat = testHub(ChatHub, { policies: policies!, enableDetailedErrors: true })
    const alice = await chat.connect()
    expect((await rejected(alice.invoke('fail'))).message).to.contain('secret detail')
  })

  it('calls what is declared alone', async () => {
    const alice = await chat.connect()
    const invoke = alice.invoke.bind(alice) as (name: string) => Promise<unknown>
    expect((await rejected(invoke('onDisconnected'))).message).to.contain('Method does not exist.')
  })

  it('asks policies of methods', async () => {
    const alice = await chat.connect({ user: 'alice' })
    const root = await chat.connect({ user: admin })
    expect((await rejected(alice.invoke('secret'))).message).to.contain('because user is unauthorized')
    expect(await root.invoke('secret')).to.equal('secret')
  })

  it('asks policies of the class before anybody comes in', async () => {
    const hub = testHub(AdminHub, { policies: policies! })
    expect((await rejected(hub.connect())).message).to.match(/^The client is refused with 401: /)
    expect((await rejected(hub.connect({ user: 'alice' }))).message).to.equal(
      "The client is refused with 403: the policy 'admin' does not let its user pass.",
    )
    expect((await hub.connect({ user: admin })).isConnected).to.equal(true)
    await hub.close()
  })

  it('runs filters', async () => {
    const calls: string[] = []
    const filter: HubFilter = {
      invokeMethod: (context, next) => {
        calls.push(context.hubMethodName)
        return next(context)
      },
    }
    chat = testHub(ChatHub, { policies: policies!, filters: [filter] })
    const alice = await chat.connect()
    await alice.invoke('join', 'lobby')
    expect(calls).to.deep.equal(['join'])
  })

  it('has the test answer what a hub asks its client', async () => {
    const alice = await chat.connect()
    const off = alice.on('confirm', async question => question === 'Really?')
    expect(await alice.invoke('ask')).to.equal(true)
    off()
    const error = await rejected(alice.invoke('ask'))
    expect(error.message).to.contain("Client didn't provide a result.")
  })

  it('brings an error of such an answer to the hub', async () => {
    const alice = await chat.connect()
    alice.on('confirm', () => {
      throw new Error('No idea.')
    })
    expect((await rejected(alice.invoke('ask'))).message).to.contain('Error: No idea.')
  })

  it('streams from a hub', async () => {
    const alice = await chat.connect()
    const numbers: number[] = []
    for await (const number of alice.stream('count', 3)) numbers.push(number)
    expect(numbers).to.deep.equal([1, 2, 3])
  })

  it('stops a stream that is left', async () => {
    const alice = await chat.connect()
    for await (const number of alice.stream('count', 1_000_000)) if (number === 2) break
    expect(signals[0]!.aborted).to.equal(true)
  })

  it('streams to a hub', async () => {
    const alice = await chat.connect()
    async function* numbers() {
      yield 1
      yield 2
    }
    expect(await alice.invoke('sum', numbers())).to.equal(3)
  })

  it('checks the items of such a stream', async () => {
    const alice = await chat.connect()
    async function* numbers() {
      yield 'one' as unknown as number
    }
    expect((await rejected(alice.invoke('sum', numbers()))).message).to.contain('Failed to bind Stream message.')
  })

  it('runs one call of a client at a time, as in production', async () => {
    const alice = await chat.connect()
    const waiting = rejected(alice.invoke('wait'))
    let isAnswered = false
    const next = rejected(alice.invoke('who').then(() => (isAnswered = true)))
    await new Promise(resolve => setImmediate(resolve))
    expect(isAnswered).to.equal(false)
    await alice.disconnect(new Error('gone'))
    expect((await waiting).message).to.equal('Invocation canceled due to the underlying connection being closed.')
    await next
  })

  it('aborts the signals of calls when their client leaves', async () => {
    const alice = await chat.connect()
    await alice.send('wait')
    await alice.disconnect(new Error('lost'))
    expect(signals[0]!.aborted).to.equal(true)
  })

  it('tells onDisconnected that a client has left, and why', async () => {
    const alice = await chat.connect()
    const bob = await chat.connect()
    await alice.disconnect()
    await bob.disconnect(new Error('lost'))
    expect(disconnected.map(error => error?.message)).to.deep.equal([undefined, 'lost'])
    expect([alice.isConnected, bob.isConnected]).to.deep.equal([false, false])
  })

  it('shows that a hub has ended a connection', async () => {
    const alice = await chat.connect()
    await alice.send('quit')
    expect(await alice.closed).to.deep.equal({ error: undefined, allowReconnect: false })
    expect((await rejected(alice.invoke('who'))).message).to.contain("not in the 'Connected' State")
    expect(disconnected).to.deep.equal([undefined])
  })

  it('rejects who is refused by onConnected, and says why', async () => {
    const refused = await rejected(chat.connect({ queryString: 'room=closed' }))
    expect(refused.message).to.equal('Connection closed with an error. HubException: The room is closed.')
    const failed = await rejected(chat.connect({ queryString: 'room=broken' }))
    expect(failed.cause).to.be.instanceOf(Error).with.property('message', 'BOOM!')
    expect(disconnected).to.deep.equal([])
  })

  it('connects who is sent away by onConnected', async () => {
    const alice = await chat.connect({ queryString: 'room=left' })
    await alice.closed
    expect(alice.isConnected).to.equal(false)
  })

  it('connects with a request of the test', async () => {
    const headers = { 'user-agent': 'test' }
    const alice = await chat.connect({ params: { tenant: 'acme' }, headers })
    expect(await alice.invoke('who')).to.deep.equal({ tenant: 'acme', agent: 'test' })
  })

  it('refreshes the credentials of a client', async () => {
    const alice = await chat.connect({ user: 'root' })
    alice.refresh(admin)
    expect(await alice.invoke('secret')).to.equal('secret')
  })

  it('waits for what a hub will send', async () => {
    const alice = await chat.connect({ user: 'alice' })
    const first = alice.next('message')
    const bob = await chat.connect()
    expect((await first).arguments[1]).to.equal(`${bob.connectionId} is here`)
    await bob.invoke('sendToUser', 'alice', 'hi')
    await alice.invoke('now')
    expect((await alice.next('at')).target).to.equal('at')
    expect((await alice.next()).arguments).to.deep.equal(['somebody', 'hi'])
    const never = rejected(alice.next())
    await alice.disconnect()
    expect((await never).message).to.equal('The connection has ended without a call of anything.')
  })

  it('has the hub called from outside', async () => {
    const alice = await chat.connect()
    await chat.context.clients.all.message('system', 'deploying')
    expect(alice.received).to.deep.equal([{ target: 'message', arguments: ['system', 'deploying'] }])
  })

  it('makes hubs by the activator', async () => {
    class CountingHub extends Hub {
      static hubMethods = { next: 0 }
      readonly #counter: { value: number }

      constructor(counter: { value: number }) {
        super()
        this.#counter = counter
      }

      next(): number {
        return ++this.#counter.value
      }
    }
    const counter = { value: 0 }
    const counting = testHub(CountingHub, { hubActivator: () => new CountingHub(counter) })
    const client = await counting.connect()
    expect([await client.invoke('next'), await client.invoke('next')]).to.deep.equal([1, 2])
    await counting.close()
  })

  it('hands on what is logged to the logger of the test', async () => {
    const errors: string[] = []
    const logger = { debug() {}, info() {}, warn() {}, error: (message: string) => void errors.push(message) }
    chat = testHub(ChatHub, { policies: policies!, logger })
    await rejected((await chat.connect()).invoke('fail'))
    expect(errors).to.deep.equal(['Hub method ChatHub.fail failed.'])
  })

  it('finds what mapHub would find', () => {
    expect(() => testHub(class Other {} as unknown as typeof ChatHub)).to.throw(
      ConfigurationError,
      'testHub needs a class that extends Hub of signalbox, but got Other.',
    )
    expect(() => testHub(ChatHub)).to.throw(ConfigurationError, "There is no policy 'admin'")
    expect(() => testHub(ChatHub, { policies: policies!, keepAlive: 1 } as TestHubOptions)).to.throw(
      ConfigurationError,
      "testHub has no option 'keepAlive'",
    )
  })

  it('is what the error of a hub made by hand names', () => {
    expect(() => new ChatHub().ask()).to.throw("use testHub of 'signalbox/testing'")
  })
})
