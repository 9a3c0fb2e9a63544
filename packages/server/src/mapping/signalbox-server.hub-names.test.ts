import { RecordingLogger } from '@signalbox/conformance'
import { type Backplane, DefaultHubLifetimeManager, type HubClass } from '@signalbox/hubs'
import { expect } from 'chai'
import { createServer, Hub } from '../index.js'

const backplane: Backplane = {
  createLifetimeManager: () => new DefaultHubLifetimeManager(),
  isReady: true,
  close: async () => {},
}

/** What the server warns of when it maps a hub. */
function warningsOf(hubClass: HubClass, withBackplane = true): readonly string[] {
  const logger = new RecordingLogger()
  const server = createServer({ logger, ...(withBackplane ? { backplane } : {}) })
  server.mapHub('/hub', hubClass)
  return logger.warnings
}

describe('the name of a hub on a backplane', () => {
  it('is warned of when it looks minified, and the warning names hubName', () => {
    class a extends Hub {}
    const [warning, ...others] = warningsOf(a)
    expect(warning).to.contain("A hub's class has the name 'a'").and.to.contain('static hubName')
    expect(others).to.deep.equal([])
  })

  it('is warned of when the class has none', () => {
    const [warning] = warningsOf((() => class extends Hub {})())
    expect(warning).to.contain("A hub's class has the name ''").and.to.contain('static hubName')
  })

  it('is no matter when hubName says it', () => {
    class b extends Hub {
      static hubName = 'Chat.Hubs.ChatHub'
    }
    expect(warningsOf(b)).to.deep.equal([])
  })

  it('is no matter when it is a name', () => {
    class ChatHub extends Hub {}
    expect(warningsOf(ChatHub)).to.deep.equal([])
  })

  it('is no matter without a backplane', () => {
    class c extends Hub {}
    expect(warningsOf(c, false)).to.deep.equal([])
  })
})
