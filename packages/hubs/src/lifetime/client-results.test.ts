import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer, warningsDuring } from '@signalbox/conformance'
import { answer, failure, invoke, question, record, refusal, result, send } from '@signalbox/conformance/json-messages'
import { type CompletionMessage, RawResult } from '@signalbox/protocol'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'
import { ClientGoneError, type ClientResults } from './client-results.js'
import { ClientResultsManager } from './client-results-manager.js'
import { DefaultHubLifetimeManager } from './default-hub-lifetime-manager.js'

/** What the hub method does. */
let asking: (hub: Hub) => unknown
/** What `onDisconnected` does. */
let disconnecting: (hub: Hub) => unknown

class AskingHub extends Hub {
  static hubMethods = { ask: 0, ping: 0 }

  ask(): unknown {
    return asking(this)
  }

  ping(): string {
    return 'pong'
  }

  override async onDisconnected(): Promise<void> {
    await disconnecting(this)
  }
}

/** What a call was rejected with. */
async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  throw new Error('The call succeeded.')
}

describe('client results', () => {
  let server: TestServer
  let client: TestConnection

  beforeEach(() => {
    asking = hub => hub.clients.caller.invoke['Ask']!('you')
    disconnecting = () => {}
    server = new TestServer(AskingHub)
    client = server.connect({ connectionId: 'asked' })
  })

  /** Asks from outside of any call. */
  const ask = (signal?: AbortSignal): Promise<unknown> => {
    const single = server.runtime.clients.client('asked')
    return signal === undefined ? single.invoke['Ask']!() : single.invokeWith({ signal })['Ask']!()
  }

  it('sends the caller an invocation with an id, and takes its answer as the result', async () => {
    client.receive(invoke('1', 'ask'))
    expect(await client.nextSent()).to.equal(question('s1', 'Ask', 'you'))
    client.receive(answer('s1', 42))
    expect(await client.nextSent()).to.equal(result('1', 42))
  })

  for (const value of [null, 0, '', false, { a: [1] }]) {
    it(`takes ${JSON.stringify(value)} for an answer`, async () => {
      const asked = ask()
      client.receive(answer('s1', value))
      expect(await asked).to.deep.equal(value)
    })
  }

  it('counts ids for the whole hub, within calls and outside', async () => {
    const other = server.connect({ connectionId: 'other' })
    void ask()
    void server.runtime.clients.client('other').invoke['Ask']!()
    client.receive(invoke('1', 'ask'))
    await turn()
    expect(client.sent).to.deep.equal([question('s1', 'Ask'), question('s3', 'Ask', 'you')])
    expect(other.sent).to.deep.equal([question('s2', 'Ask')])
  })

  it('takes answers in any order', async () => {
    const asked = [ask(), ask()]
    client.receive(answer('s2', 'second') + answer('s1', 'first'))
    expect(await Promise.all(asked)).to.deep.equal(['first', 'second'])
  })

  it('reaches another client from within a call', async () => {
    const other = server.connect({ connectionId: 'other' })
    asking = hub => hub.clients.client('other').invoke['Ask']!()
    client.receive(invoke('1', 'ask'))
    other.receive(answer('s1', `heard ${await other.nextSent()}`))
    expect(await client.nextSent()).to.equal(result('1', `heard ${question('s1', 'Ask')}`))
  })

  it('works for a call without an id', async () => {
    const answered = new Deferred<unknown>()
    asking = async hub => answered.resolve(await hub.clients.caller.invoke['Ask']!())
    client.receive(send('ask'))
    expect(await client.nextSent()).to.equal(question('s1', 'Ask'))
    client.receive(answer('s1', 42))
    expect(await answered.promise).to.equal(42)
  })

  describe('fails', () => {
    it('with the error of the client', async () => {
      const asked = errorOf(ask())
      client.receive(refusal('s1', 'Client error'))
      expect(await asked)
        .to.be.an.instanceOf(HubException)
        .with.property('message', 'Client error')
    })

    it('and tells a caller whose method does not catch it, without detailed errors', async () => {
      client.receive(invoke('1', 'ask'))
      await client.nextSent()
      client.receive(refusal('s1', 'Client error'))
      expect(await client.nextSent()).to.equal(
        failure('1', "An unexpected error occurred invoking 'ask' on the server. HubException: Client error"),
      )
    })

    it('when the completion has neither result nor error', async () => {
      const asked = errorOf(ask())
      client.receive(record('{"type":3,"invocationId":"s1"}'))
      expect(await asked)
        .to.be.an.instanceOf(HubException)
        .with.property('message', "Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown.")
    })

    it('when there is no such connection', async () => {
      const error = await errorOf(server.runtime.clients.client('nobody').invoke['Ask']!())
      expect(error).to.be.an.instanceOf(ClientGoneError)
      expect(error).to.include({ message: "Connection 'nobody' does not exist.", exceptionType: 'IOException' })
    })

    it('when there is no such connection, in one line whatever the id is', async () => {
      const error = await errorOf(server.runtime.clients.client('a\r\nb'.repeat(100)).invoke['Ask']!())
      expect(error)
        .to.have.property('message')
        .that.matches(/^Connection '(a\\u000d\\u000ab){25}…' does not exist\.$/)
    })

    it('when the client leaves', async () => {
      const asked = errorOf(ask())
      client.vanish()
      const error = await asked
      expect(error).to.be.an.instanceOf(ClientGoneError)
      expect(error).to.include({ message: "Connection 'asked' disconnected.", exceptionType: 'IOException' })
    })

    it('as soon as the client leaves, not only after onDisconnected', async () => {
      const asked = errorOf(ask())
      const disconnected = new Deferred()
      disconnecting = () => disconnected.promise
      client.vanish()
      await turn()
      expect(await Promise.race([asked, 'still waiting'])).to.have.property(
        'message',
        "Connection 'asked' disconnected.",
      )
      disconnected.resolve()
    })

    it('when the client was aborted before', async () => {
      const disconnected = new Deferred()
      disconnecting = () => disconnected.promise
      asking = hub => hub.context.abort()
      client.receive(invoke('1', 'ask'))
      expect(await errorOf(ask())).to.have.property('message', "Connection 'asked' disconnected.")
      disconnected.resolve()
    })

    it('in onDisconnected for the own connection', async () => {
      const found = new Deferred<unknown>()
      disconnecting = async hub => found.resolve(await errorOf(hub.clients.caller.invoke['Ask']!()))
      client.vanish()
      expect(await found.promise).to.have.property('message', "Connection 'asked' disconnected.")
    })

    it('for others when one leaves, but does not', async () => {
      server.connect({ connectionId: 'other' }).vanish()
      const asked = ask()
      client.receive(answer('s1', 42))
      expect(await asked).to.equal(42)
    })

    it('when an argument cannot be serialized, and the client stays', async () => {
      const cyclic: unknown[] = []
      cyclic.push(cyclic)
      const error = await errorOf(server.runtime.clients.client('asked').invoke['Ask']!(cyclic))
      expect(error).to.be.an.instanceOf(TypeError)
      client.receive(invoke('1', 'ping'))
      expect(client.sent).to.deep.equal([result('1', 'pong')])
    })
  })

  describe('with a signal', () => {
    it('gives up when it fires, and sends the client nothing about it', async () => {
      const controller = new AbortController()
      const asked = errorOf(ask(controller.signal))
      controller.abort()
      expect(await asked)
        .to.be.an.instanceOf(HubException)
        .with.property('message', 'Invocation canceled by the server.')
      expect(client.sent).to.deep.equal([question('s1', 'Ask')])
    })

    it('ignores the answer that comes afterwards', async () => {
      const controller = new AbortController()
      const asked = errorOf(ask(controller.signal))
      controller.abort()
      await asked
      client.sent.length = 0
      client.receive(answer('s1', 42) + invoke('1', 'ping'))
      expect(client.sent).to.deep.equal([result('1', 'pong')])
    })

    it('sends nothing when it has fired already', async () => {
      expect(await errorOf(ask(AbortSignal.abort()))).to.have.property('message', 'Invocation canceled by the server.')
      expect(client.sent).to.deep.equal([])
    })

    it('that eleven calls share it fires for all, and Node warns of no leak', async () => {
      const controller = new AbortController()
      const errors: Promise<unknown>[] = []
      const warnings = await warningsDuring(() => {
        for (let count = 0; count < 11; count++) errors.push(errorOf(ask(controller.signal)))
      })
      controller.abort()
      expect(await Promise.all(errors)).to.have.lengthOf(11)
      expect(warnings).to.deep.equal([])
    })

    it('takes the answer that comes in time', async () => {
      const controller = new AbortController()
      const asked = ask(controller.signal)
      client.receive(answer('s1', 42))
      controller.abort()
      expect(await asked).to.equal(42)
    })
  })

  describe('answered by somebody else', () => {
    const closed = "Connection closed with an error. InvalidOperationException: Connection ID 'mallory' is not valid"

    it('closes that connection only, and the asked one can still answer', async () => {
      server = new TestServer(AskingHub, { enableDetailedErrors: true })
      client = server.connect({ connectionId: 'asked' })
      const mallory = server.connect({ connectionId: 'mallory' })
      const asked = ask()
      mallory.receive(answer('s1', 'false'))
      await mallory.ended
      expect(mallory.sent).to.deep.equal([
        JSON.stringify({ type: 7, error: `${closed} for invocation ID 's1'.`, allowReconnect: true }),
      ])
      client.receive(answer('s1', 'true'))
      expect(await asked).to.equal('true')
    })
  })

  describe('that another server waits for', () => {
    it('are wanted raw, until they are settled, and no others are', () => {
      const results = new ClientResultsManager()
      const passed: CompletionMessage[] = []
      results.invoke('other', undefined, () => {}).catch(() => {})
      results.tryForward('asked', 'n1', completion => passed.push(completion))
      expect(['s1', 'n1', 'n2'].map(id => results.wantsRawResult(id))).to.deep.equal([false, true, false])
      results.abandon('asked')
      expect(passed).to.have.lengthOf(1)
      expect(results.wantsRawResult('n1')).to.equal(false)
    })

    it('reach the lifetime manager as the bytes the client sent', () => {
      const results: CompletionMessage[] = []
      class ForwardingManager extends DefaultHubLifetimeManager {
        override readonly clientResults: ClientResults = {
          invoke: () => Promise.reject(new Error('Nobody is asked.')),
          wantsRawResult: invocationId => invocationId === 'n1',
          complete: (_connectionId, result) => results.push(result),
          abandon() {},
        }
      }
      client = new TestServer(AskingHub, {}, new ForwardingManager()).connect()
      client.receive(record('{"type":3,"invocationId":"n1","result":1.0}') + answer('s1', 1))
      expect(results.map(({ result }) => result)).to.deep.equal([new RawResult(Buffer.from('1.0')), 1])
    })
  })

  it('ignores completions that nobody waits for', () => {
    client.receive(answer('s1', 42) + answer('1', 42) + refusal('x', 'no') + invoke('1', 'ping'))
    expect(client.sent).to.deep.equal([result('1', 'pong')])
  })
})
