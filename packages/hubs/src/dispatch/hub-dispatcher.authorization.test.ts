import { setImmediate as turn } from 'node:timers/promises'
import { anonymous, type ClaimsPrincipal } from '@signalbox/abstractions'
import { TestServer } from '@signalbox/conformance'
import {
  failure,
  invoke,
  invokeStream,
  result,
  send,
  streamEnd,
  streamItem,
  upload,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { authorize, hubMethod } from '../authoring/hub-method.js'
import { stream } from '../authoring/stream-parameter.js'
import { text } from '../testing/standard-schema.js'

const ada: ClaimsPrincipal = { ...anonymous, isAuthenticated: true }

let calls: string[]

class GuardedHub extends Hub {
  static hubMethods = { open: 0 }

  open(): string {
    return 'open'
  }

  @hubMethod
  @authorize()
  members(): string {
    calls.push('members')
    return 'members'
  }

  @authorize()
  @hubMethod(text)
  bound(value: string): string {
    return value
  }

  @hubMethod
  @authorize()
  async *count(to: number): AsyncGenerator<number> {
    for (let number = 0; number < to; number++) yield number
  }

  @hubMethod(stream())
  @authorize()
  join(_items: AsyncIterable<string>): void {}
}

const unauthorized = (id: string, method: string) =>
  failure(id, `Failed to invoke '${method}' because user is unauthorized`)

describe('HubDispatcher, authorizing calls', () => {
  beforeEach(() => {
    calls = []
  })

  function connect(user: ClaimsPrincipal = ada, enableDetailedErrors = false) {
    return new TestServer(GuardedHub, { enableDetailedErrors }).connect({ user })
  }

  async function answerTo(message: string, user?: ClaimsPrincipal, enableDetailedErrors?: boolean): Promise<string> {
    const client = connect(user, enableDetailedErrors)
    client.receive(message)
    return client.nextSent()
  }

  it('lets anybody call what is not guarded', async () => {
    expect(await answerTo(invoke('1', 'open'), anonymous)).to.equal(result('1', 'open'))
  })

  it('lets authenticated users call what is guarded without a policy', async () => {
    expect(await answerTo(invoke('1', 'members'))).to.equal(result('1', 'members'))
  })

  it('refuses anonymous ones, and does not call the method', async () => {
    expect(await answerTo(invoke('1', 'MEMBERS'), anonymous)).to.equal(unauthorized('1', 'members'))
    expect(calls).to.deep.equal([])
  })

  it('says no more with detailed errors', async () => {
    expect(await answerTo(invoke('1', 'members'), anonymous, true)).to.equal(unauthorized('1', 'members'))
  })

  it('goes on after a refusal', async () => {
    const client = connect(anonymous)
    client.receive(invoke('1', 'members') + invoke('2', 'open'))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
      unauthorized('1', 'members'),
      result('2', 'open'),
    ])
  })

  it('sends nothing when a call without an id is refused', async () => {
    const client = connect(anonymous)
    client.receive(send('members') + invoke('2', 'open'))
    expect(await client.nextSent()).to.equal(result('2', 'open'))
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  describe('comes after binding, and before everything else', () => {
    it('binds first', async () => {
      expect(await answerTo(invoke('1', 'bound', 5), anonymous)).to.equal(
        failure('1', "Failed to invoke 'bound' due to an error on the server."),
      )
    })

    it('refuses before it looks at the mode', async () => {
      expect(await answerTo(invoke('1', 'count', 1), anonymous)).to.equal(unauthorized('1', 'count'))
      expect(await answerTo(invokeStream('1', 'members'), anonymous)).to.equal(unauthorized('1', 'members'))
    })

    it('refuses before it counts streams', async () => {
      expect(await answerTo(upload('1', 'join', ['a', 'b']), anonymous)).to.equal(unauthorized('1', 'join'))
    })
  })

  describe('of streams', () => {
    it('streams to whom it lets pass', async () => {
      const client = connect()
      client.receive(invokeStream('1', 'count', 1))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('1', 0), streamEnd('1')])
    })

    it('leaves the id of a refused stream free', async () => {
      const client = connect(anonymous)
      client.receive(invokeStream('1', 'count', 1) + invokeStream('1', 'count', 1))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
        unauthorized('1', 'count'),
        unauthorized('1', 'count'),
      ])
    })
  })
})
