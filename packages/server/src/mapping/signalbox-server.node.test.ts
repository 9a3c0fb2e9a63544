import { type Backplane, type BackplaneHub, DefaultHubLifetimeManager } from '@signalbox/hubs'
import { expect } from 'chai'
import { createServer, Hub, silentLogger } from '../index.js'

class Chat extends Hub {}
class Admin extends Hub {}

class RecordingBackplane implements Backplane {
  readonly isReady = true
  readonly hubs: BackplaneHub[] = []

  createLifetimeManager(hub: BackplaneHub): DefaultHubLifetimeManager {
    this.hubs.push(hub)
    return new DefaultHubLifetimeManager()
  }

  async close(): Promise<void> {}
}

describe('The node of a server', () => {
  it('is the same for all of its hubs', () => {
    const backplane = new RecordingBackplane()
    const server = createServer({ backplane, logger: silentLogger })
    server.mapHub('/chat', Chat)
    server.mapHub('/admin', Admin)
    expect(backplane.hubs.map(({ node }) => node)).to.deep.equal([server.node, server.node])
  })

  it('is another one for each server', () => {
    expect(createServer({ logger: silentLogger }).node.id).not.to.equal(createServer({ logger: silentLogger }).node.id)
  })
})
