import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, TestServer } from '@signalbox/conformance'
import { close, invocation } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { DefaultHubLifetimeManager } from '../lifetime/default-hub-lifetime-manager.js'

describe('HubConnectionHandler, disconnecting', () => {
  /** What `onDisconnected` does. */
  let disconnecting: (hub: Hub) => void | Promise<void>

  class LifeHub extends Hub {
    override onDisconnected(): void | Promise<void> {
      return disconnecting(this)
    }
  }

  beforeEach(() => {
    disconnecting = () => {}
  })

  const serve = () => new TestServer(LifeHub)
  const connect = () => serve().connect()

  it('drops what onDisconnected sends', async () => {
    disconnecting = hub => hub.clients.caller['Said']!('too late')
    const client = connect()
    client.receive(close)
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7}'])
  })

  it('lets onDisconnected reach others', async () => {
    disconnecting = hub => hub.clients.others['Left']!()
    const server = serve()
    const other = server.connect()
    const client = server.connect()
    client.receive(close)
    await client.ended
    expect(other.sent).to.deep.equal([invocation('Left')])
  })

  it('closes the transport only after onDisconnected is done', async () => {
    const disconnected = new Deferred()
    disconnecting = () => disconnected.promise
    const client = connect()
    client.receive(close)
    await turn()
    expect(client.closedWith).to.equal(undefined)
    disconnected.resolve()
    await client.ended
  })

  it('closes the transport with the error onDisconnected throws', async () => {
    const error = new Error('no')
    disconnecting = () => {
      throw error
    }
    const client = connect()
    client.leave()
    await client.ended
    expect(client.closedWith).to.deep.equal({ error })
  })

  it('closes the transport with an error even when onDisconnected rejects with nothing', async () => {
    disconnecting = () => Promise.reject(undefined)
    const client = connect()
    client.leave()
    await client.ended
    expect(client.closedWith?.error).to.be.an.instanceOf(Error)
  })

  it('logs what onDisconnected throws', async () => {
    const error = new Error('no')
    disconnecting = () => Promise.reject(error)
    const server = serve()
    const client = server.connect()
    client.leave()
    await client.ended
    expect(server.logger.errors).to.deep.equal([{ message: 'LifeHub.onDisconnected failed.', error }])
  })

  it('takes the connection off the lifetime manager even when onDisconnected throws', async () => {
    const manager = new DefaultHubLifetimeManager()
    const forgotten: string[] = []
    manager.onDisconnected = connection => {
      forgotten.push(connection.connectionId)
    }
    disconnecting = () => Promise.reject(new Error('no'))
    const client = new TestServer(LifeHub, {}, manager).connect()
    client.leave()
    await client.ended
    expect(forgotten).to.deep.equal([client.connectionId])
  })

  it('closes the transport even when the lifetime manager fails', async () => {
    const manager = new DefaultHubLifetimeManager()
    manager.onDisconnected = () => {
      throw new Error('no Redis')
    }
    const client = new TestServer(LifeHub, {}, manager).connect()
    client.leave()
    await client.ended
    expect(client.closedWith).to.deep.equal({ error: undefined })
  })
})
