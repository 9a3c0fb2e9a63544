import { anonymous, type ClaimsPrincipal } from '@signalbox/abstractions'
import { expect } from 'chai'
import { invoke } from '../testing/json-messages.js'
import { TestServer } from '../testing/test-server.js'
import { Hub } from './hub.js'
import { authorize, classAuthorizationOf } from './hub-method.js'

const ada: ClaimsPrincipal = { ...anonymous, isAuthenticated: true }

describe('@authorize', () => {
  it('leaves on a class what is asked of every request', () => {
    @authorize()
    class MembersHub extends Hub {}
    @authorize('even', 'odd')
    class PolicyHub extends Hub {}
    class OpenHub extends Hub {}
    expect([MembersHub, PolicyHub, OpenHub].map(classAuthorizationOf)).to.deep.equal([true, ['even', 'odd'], undefined])
  })

  it('exposes no method by itself', async () => {
    class SilentHub extends Hub {
      @authorize()
      hidden(): void {}
    }
    const client = new TestServer(SilentHub).connect({ user: ada })
    client.receive(invoke('1', 'hidden'))
    expect(await client.nextSent()).to.contain('Method does not exist.')
  })
})
