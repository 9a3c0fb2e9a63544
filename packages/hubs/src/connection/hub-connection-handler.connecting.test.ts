import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, TestServer } from '@signalbox/conformance'
import { close, handshakeRequest, invocation, invoke, ping, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { DefaultHubLifetimeManager } from '../lifetime/default-hub-lifetime-manager.js'

describe('HubConnectionHandler, connecting', () => {
  let calls: string[]
  /** What `onConnected` does. */
  let connecting: (hub: Hub) => void | Promise<void>

  class LifeHub extends Hub {
    static hubMethods = { echo: 1 }

    echo(text: string): string {
      calls.push(`echo ${text}`)
      return text
    }

    override onConnected(): void | Promise<void> {
      calls.push('connecting')
      return connecting(this)
    }

    override onDisconnected(error: Error | undefined) {
      calls.push(`disconnected ${error === undefined ? 'without error' : String(error)}`)
    }
  }

  beforeEach(() => {
    calls = []
    connecting = () => {}
  })

  const serve = (options?: HubOptions) => new TestServer(LifeHub, options)

  it('calls onConnected once, after the handshake', () => {
    const client = serve().accept()
    expect(calls).to.deep.equal([])
    client.receive(handshakeRequest)
    expect(calls).to.deep.equal(['connecting'])
  })

  it('answers the handshake before what onConnected sends', () => {
    connecting = async hub => {
      await hub.clients.caller['Said']!('welcome')
    }
    const client = serve().accept()
    client.receive(handshakeRequest)
    expect(client.sent).to.deep.equal(['{}', invocation('Said', 'welcome')])
  })

  describe('while onConnected is pending', () => {
    let connected: Deferred

    beforeEach(() => {
      connected = new Deferred()
      connecting = () => connected.promise
    })

    it('reads no message of the client', async () => {
      const client = serve().connect()
      client.receive(invoke('1', 'echo', 'a'))
      await turn()
      expect(calls).to.deep.equal(['connecting'])
    })

    it('reads none that came with the handshake', async () => {
      const client = serve().accept()
      client.receive(handshakeRequest + invoke('1', 'echo', 'a'))
      await turn()
      expect(calls).to.deep.equal(['connecting'])
    })

    it('holds the client back', () => {
      expect(serve().connect().isPaused).to.equal(true)
    })

    it('reads all of them in order once it is done', async () => {
      const client = serve().accept()
      client.receive(handshakeRequest + invoke('1', 'echo', 'a'))
      client.receive(invoke('2', 'echo', 'b'))
      client.sent.length = 0
      connected.resolve()
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([result('1', 'a'), result('2', 'b')])
    })

    it('lets broadcasts reach the client', () => {
      const server = serve()
      const client = server.connect()
      void server.runtime.clients.all['Said']!('hello')
      expect(client.sent).to.deep.equal([invocation('Said', 'hello')])
    })

    it('does not call onDisconnected before it is done although the client has vanished', async () => {
      const client = serve().connect()
      client.vanish()
      await turn()
      expect(calls).to.deep.equal(['connecting'])
    })

    it('calls onDisconnected after it when the client vanished meanwhile', async () => {
      const client = serve().connect()
      client.vanish()
      connected.resolve()
      await client.ended
      expect(calls).to.deep.equal(['connecting', 'disconnected without error'])
    })

    it('dispatches nothing of a client who vanished meanwhile', async () => {
      const client = serve().connect()
      client.receive(invoke('1', 'echo', 'a'))
      client.vanish()
      connected.resolve()
      await client.ended
      expect(calls).not.to.include('echo a')
    })

    it('calls onDisconnected with what broke the transport meanwhile', async () => {
      const client = serve().connect()
      client.vanish(new Error('broken'))
      connected.resolve()
      await client.ended
      expect(calls).to.deep.equal(['connecting', 'disconnected Error: broken'])
    })

    it('dispatches what a client sent before it said goodbye', async () => {
      const client = serve().connect()
      client.receive(invoke('1', 'echo', 'a'))
      client.leave()
      connected.resolve()
      await client.ended
      expect(calls).to.deep.equal(['connecting', 'echo a', 'disconnected without error'])
    })

    it('obeys a Close that was sent meanwhile once it is done', async () => {
      const client = serve().connect()
      client.receive(close)
      connected.resolve()
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7}'])
    })

    it('pings, since the client waits for signs of life', () => {
      const server = serve({ keepAliveIntervalMs: 1_000 })
      const client = server.connect()
      server.heartbeatAfter(1_001)
      expect(client.sent).to.deep.equal(['{"type":6}'])
    })

    it('does not time the client out', async () => {
      const server = serve({ clientTimeoutIntervalMs: 1_000 })
      const client = server.connect()
      client.receive(ping)
      server.heartbeatAfter(5_000)
      server.heartbeatAfter(5_000)
      connected.resolve()
      client.receive(invoke('1', 'echo', 'a'))
      expect(await client.nextSent()).to.equal(result('1', 'a'))
    })

    it('sends a Close and nothing more when it aborts meanwhile, and calls onDisconnected after it', async () => {
      connecting = hub => {
        hub.context.abort()
        void hub.clients.caller['Said']!('too late')
        return connected.promise
      }
      const client = serve().connect()
      expect(client.sent).to.deep.equal(['{"type":7}'])
      await turn()
      expect(calls).to.deep.equal(['connecting'])
      connected.resolve()
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7}'])
      expect(calls).to.deep.equal(['connecting', 'disconnected without error'])
    })

    it('does not call onDisconnected when it rejects after the client has vanished', async () => {
      const client = serve().connect()
      client.vanish()
      connected.reject(new Error('no'))
      await client.ended
      expect(calls).to.deep.equal(['connecting'])
    })
  })

  it('sends a Close and calls onDisconnected when onConnected aborts and returns', async () => {
    connecting = hub => hub.context.abort()
    const client = serve().accept()
    client.receive(handshakeRequest + invoke('1', 'echo', 'a'))
    await client.ended
    expect(client.sent).to.deep.equal(['{}', '{"type":7}'])
    expect(calls).to.deep.equal(['connecting', 'disconnected without error'])
  })

  it('calls onConnected once the lifetime manager has registered the connection', async () => {
    const registered = new Deferred()
    const manager = Object.assign(new DefaultHubLifetimeManager(), { onConnected: () => registered.promise })
    const client = new TestServer(LifeHub, {}, manager).connect()
    await turn()
    expect(calls).to.deep.equal([])
    registered.resolve()
    client.receive(invoke('1', 'echo', 'a'))
    await client.nextSent()
    expect(calls).to.deep.equal(['connecting', 'echo a'])
  })
})
