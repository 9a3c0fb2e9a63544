import { expect } from 'chai'
import {
  authorize,
  ConfigurationError,
  createPrincipal,
  createServer,
  Hub,
  hubMethod,
  type MapHubOptions,
  type ServerOptions,
  silentLogger,
} from '../index.js'

class OpenHub extends Hub {}

@authorize('admin')
class AdminHub extends Hub {}

class HubWithAdminMethod extends Hub {
  @hubMethod
  @authorize('admin')
  ban(): void {}
}

const authenticate = () => createPrincipal({ userId: 'ann' })
const policies = { admin: () => true, known: () => true }

const serve = (options: ServerOptions = {}) => createServer({ logger: silentLogger, authenticate, ...options })

const expectMistake = (option: string, message: string, mistake: () => void) =>
  expect(mistake).to.throw(ConfigurationError, message).with.property('option', option)

describe('mapping a guarded hub', () => {
  const unknown: readonly { readonly where: string; readonly hub: typeof OpenHub; readonly options?: MapHubOptions }[] =
    [
      { where: 'its class', hub: AdminHub },
      { where: 'a method', hub: HubWithAdminMethod },
      { where: 'the options', hub: OpenHub, options: { authorize: 'admin' } },
      { where: 'a list in the options', hub: OpenHub, options: { authorize: ['known', 'admin'] } },
    ]
  for (const { where, hub, options } of unknown) {
    it(`refuses a policy in ${where} that nobody has defined`, () => {
      const { known } = policies
      const server = serve({ policies: { known } })
      expectMistake('policies', "There is no policy 'admin'; there are: known.", () =>
        server.mapHub('/hub', hub, options),
      )
    })

    it(`takes a policy in ${where} that the server defines`, () => {
      expect(() => serve({ policies }).mapHub('/hub', hub, options)).not.to.throw()
    })

    it(`takes a policy in ${where} that the mapping defines`, () => {
      expect(() => serve().mapHub('/hub', hub, { ...options, policies })).not.to.throw()
    })
  }

  it('does not take what every object has for a policy', () => {
    expectMistake('policies', "There is no policy 'toString'; there are: none.", () =>
      serve().mapHub('/hub', OpenHub, { authorize: 'toString' }),
    )
  })

  it('refuses an unknown policy of a raw connection', () => {
    expectMistake('policies', "There is no policy 'admin'; there are: none.", () =>
      serve().mapConnection('/raw', () => {}, { authorize: 'admin' }),
    )
  })

  it('is refused when the server has no way to know anybody', () => {
    expectMistake('authenticate', '/hub is guarded, but without authenticate nobody can come in.', () =>
      createServer({ policies }).mapHub('/hub', AdminHub),
    )
  })

  it('refuses a maximumAuthenticationExpirationMs of 0', () => {
    expectMistake('maximumAuthenticationExpirationMs', 'must be a number not below 1', () =>
      serve().mapHub('/hub', OpenHub, { maximumAuthenticationExpirationMs: 0 }),
    )
  })
})
