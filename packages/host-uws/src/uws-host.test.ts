import { ConfigurationError } from '@signalbox/abstractions'
import { describeConnectionDispatcher, describeHost, type HostTraits } from '@signalbox/conformance'
import { expect } from 'chai'
import { uwsHost } from './uws-host.js'

const traits: HostTraits = { canPause: false, answersCloseWith: 'the code of the client' }

describeHost('uWebSockets.js', uwsHost, traits)
describeConnectionDispatcher('uWebSockets.js', uwsHost, traits)

describe('uwsHost', () => {
  it('refuses an option that it does not have, and says which may be meant', () => {
    expect(() => uwsHost({ maximumWebSocketMessage: 1000 } as object)).to.throw(
      ConfigurationError,
      "uwsHost has no option 'maximumWebSocketMessage': did you mean 'maximumWebSocketMessageBytes'.",
    )
  })

  it('refuses a limit that no host can have', () => {
    expect(() => uwsHost({ maximumWebSocketMessageBytes: 0 }))
      .to.throw(ConfigurationError, 'must be a number from 1 to 2,147,483,647, but is 0.')
      .with.property('option', 'maximumWebSocketMessageBytes')
  })
})
