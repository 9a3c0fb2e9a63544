import { describeHubLifetimeManager, TestServer } from '@signalbox/conformance'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { DefaultHubLifetimeManager } from './default-hub-lifetime-manager.js'
import { SerializedHubMessage } from './serialized-hub-message.js'

describeHubLifetimeManager('DefaultHubLifetimeManager', () => ({ nodes: [new DefaultHubLifetimeManager()] }))

class EmptyHub extends Hub {}

const said = SerializedHubMessage.invocation('Said', [])

describe('DefaultHubLifetimeManager', () => {
  it('lets the sender wait for a single receiver that is slow', async () => {
    const manager = new DefaultHubLifetimeManager()
    const client = new TestServer(EmptyHub, {}, manager).connect()
    const catchUp = client.stall()
    const sent = manager.send({ clients: [client.connectionId] }, said)
    expect(sent).to.be.an.instanceOf(Promise)
    catchUp()
    await sent
  })

  it('lets nobody wait for a slow receiver among many', () => {
    const manager = new DefaultHubLifetimeManager()
    new TestServer(EmptyHub, {}, manager).connect().stall()
    expect(manager.send({ all: true }, said)).to.equal(undefined)
  })
})
