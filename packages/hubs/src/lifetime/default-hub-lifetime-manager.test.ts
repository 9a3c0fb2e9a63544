import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { describeHubLifetimeManager } from '../testing/describe-hub-lifetime-manager.js'
import { invocation } from '../testing/json-messages.js'
import { TestServer } from '../testing/test-server.js'
import { DefaultHubLifetimeManager } from './default-hub-lifetime-manager.js'

describeHubLifetimeManager('DefaultHubLifetimeManager', () => ({ nodes: [new DefaultHubLifetimeManager()] }))

class EmptyHub extends Hub {}

describe('DefaultHubLifetimeManager', () => {
  it('serves the groups before an empty name', () => {
    const manager = new DefaultHubLifetimeManager()
    const client = new TestServer(EmptyHub, {}, manager).connect()
    manager.addToGroup(client.connectionId, 'ops')
    expect(() => manager.sendGroups(['ops', ''], 'Said', [])).to.throw(Error, 'Cannot send to an empty group name.')
    expect(client.sent).to.deep.equal([invocation('Said')])
  })

  it('lets the sender wait for a single receiver that is slow', async () => {
    const manager = new DefaultHubLifetimeManager()
    const client = new TestServer(EmptyHub, {}, manager).connect()
    const catchUp = client.stall()
    const sent = manager.sendConnection(client.connectionId, 'Said', [])
    expect(sent).to.be.an.instanceOf(Promise)
    catchUp()
    await sent
  })

  it('lets nobody wait for a slow receiver among many', () => {
    const manager = new DefaultHubLifetimeManager()
    new TestServer(EmptyHub, {}, manager).connect().stall()
    expect(manager.sendAll('Said', [])).to.equal(undefined)
  })
})
