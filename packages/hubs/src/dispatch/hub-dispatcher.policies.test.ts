import { setImmediate as turn } from 'node:timers/promises'
import { anonymous, type ClaimsPrincipal } from '@signalbox/abstractions'
import { Deferred, TestServer } from '@signalbox/conformance'
import { failure, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubInvocationContext } from '../authoring/hub-filter.js'
import { authorize, hubMethod } from '../authoring/hub-method.js'
import type { AuthorizationPolicy } from '../authoring/hub-options.js'
import { text } from '../testing/standard-schema.js'

const ada: ClaimsPrincipal = { ...anonymous, isAuthenticated: true }

let constructed = 0

class PolicyHub extends Hub {
  static hubMethods = {
    open: 0,
    inTable: { arguments: 0, authorize: 'even' },
    original: { name: 'Renamed', arguments: 1, authorize: 'watched' },
  }

  constructor() {
    super()
    constructed++
  }

  open(): string {
    return 'open'
  }

  inTable(): string {
    return 'even'
  }

  original(value: unknown): unknown {
    return value
  }

  @authorize('even', 'odd')
  @hubMethod(text)
  both(value: string): string {
    return value
  }

  @hubMethod
  @authorize('toString')
  unknownPolicy(): void {}
}

const unauthorized = (id: string, method: string) =>
  failure(id, `Failed to invoke '${method}' because user is unauthorized`)

describe('HubDispatcher, authorizing calls by policies', () => {
  let even: AuthorizationPolicy
  let odd: AuthorizationPolicy
  let watched: AuthorizationPolicy

  beforeEach(() => {
    constructed = 0
    even = () => true
    odd = () => true
    watched = () => true
  })

  function connect(user: ClaimsPrincipal = ada, enableDetailedErrors = false) {
    const policies: Record<string, AuthorizationPolicy> = {
      even: (...call) => even(...call),
      odd: (...call) => odd(...call),
      watched: (...call) => watched(...call),
    }
    return new TestServer(PolicyHub, { policies, enableDetailedErrors }).connect({ user })
  }

  async function answerTo(message: string, user?: ClaimsPrincipal): Promise<string> {
    const client = connect(user)
    client.receive(message)
    return client.nextSent()
  }

  it('asks those of a hubMethods table', async () => {
    even = () => false
    expect(await answerTo(invoke('1', 'inTable'))).to.equal(unauthorized('1', 'inTable'))
  })

  for (const [which, set] of Object.entries({
    first: () => {
      even = () => false
    },
    second: () => {
      odd = async () => false
    },
  })) {
    it(`refuses whom the ${which} of two does not let pass`, async () => {
      set()
      expect(await answerTo(invoke('1', 'both', 'a'))).to.equal(unauthorized('1', 'both'))
    })
  }

  it('lets pass whom all let pass, later or at once', async () => {
    odd = async () => true
    expect(await answerTo(invoke('1', 'both', 'a'))).to.equal(result('1', 'a'))
  })

  it('does not ask them about anonymous users', async () => {
    let asked = 0
    even = () => {
      asked++
      return true
    }
    expect(await answerTo(invoke('1', 'inTable'), anonymous)).to.equal(unauthorized('1', 'inTable'))
    expect(asked).to.equal(0)
  })

  it('lets nobody pass a policy that does not exist, whatever its name', async () => {
    expect(await answerTo(invoke('1', 'unknownPolicy'))).to.equal(unauthorized('1', 'unknownPolicy'))
  })

  for (const [how, policy] of Object.entries({
    throws: () => {
      throw new RangeError('BOOM!')
    },
    rejects: () => Promise.reject(new RangeError('BOOM!')),
  })) {
    it(`fails the call when one ${how}, and gives its slot back`, async () => {
      even = policy
      const client = connect(ada, true)
      client.receive(invoke('1', 'inTable') + invoke('2', 'open'))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
        failure('1', "An unexpected error occurred invoking 'inTable' on the server. RangeError: BOOM!"),
        result('2', 'open'),
      ])
    })
  }

  it('tells them of user, connection, hub, declared name and arguments, anew at every call', async () => {
    const seen: [ClaimsPrincipal, HubInvocationContext | undefined][] = []
    watched = (user, resource) => {
      seen.push([user, resource])
      return true
    }
    const client = connect()
    client.receive(invoke('1', 'renamed', 'a') + invoke('2', 'renamed', 'b'))
    await client.nextSent()
    await client.nextSent()
    expect(seen.map(([user]) => user)).to.deep.equal([ada, ada])
    const [first, second] = seen.map(([, resource]) => resource!)
    expect(first!.hub).to.be.an.instanceOf(PolicyHub)
    expect(first!.context.connectionId).to.equal(client.connectionId)
    expect([first!.hubMethodName, second!.hubMethodName]).to.deep.equal(['original', 'original'])
    expect([first!.hubMethodArguments, second!.hubMethodArguments]).to.deep.equal([['a'], ['b']])
    expect(second).not.to.equal(first)
  })

  it('shows them the hub that will run the method, the only one of the call', async () => {
    const client = connect()
    client.receive(invoke('1', 'open'))
    await client.nextSent()
    constructed = 0
    client.receive(invoke('2', 'inTable'))
    await client.nextSent()
    expect(constructed).to.equal(1)
  })

  it('keeps the order of calls while they are asked', async () => {
    const asked = new Deferred<boolean>()
    even = () => asked.promise
    const client = connect()
    client.receive(invoke('1', 'inTable') + invoke('2', 'open'))
    await turn()
    expect(client.sent).to.deep.equal([])
    asked.resolve(true)
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([result('1', 'even'), result('2', 'open')])
  })
})
