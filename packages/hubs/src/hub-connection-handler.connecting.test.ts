import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { DefaultHubLifetimeManager } from './default-hub-lifetime-manager.js'
import { Hub } from './hub.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import { HubException } from './hub-exception.js'
import type { HubOptions } from './hub-options.js'
import { Deferred } from './testing/deferred.js'
import { close, handshakeRequest, invocation, invoke, ping, result } from './testing/json-messages.js'
import { TestServer } from './testing/test-server.js'

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

  /** The answers to a connection whose `onConnected` fails. */
  async function refusal(options?: HubOptions): Promise<string[]> {
    const client = serve(options).accept()
    client.receive(handshakeRequest + invoke('1', 'echo', 'a'))
    await client.ended
    return client.sent
  }

  const plainRefusal = ['{}', '{"type":7,"error":"Connection closed with an error."}']

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

    it('tells nobody that a client has vanished before it is done', async () => {
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

  for (const [how, fail] of [
    [
      'throws',
      (error: Error) => () => {
        throw error
      },
    ],
    ['rejects', (error: Error) => () => Promise.reject(error)],
  ] as const) {
    describe(`when onConnected ${how}`, () => {
      it('closes the connection without allowing to reconnect', async () => {
        connecting = fail(new Error('Hub OnConnected failed.'))
        expect(await refusal()).to.deep.equal(plainRefusal)
      })

      it('tells why when details are on', async () => {
        connecting = fail(new TypeError('Hub OnConnected failed.'))
        expect((await refusal({ enableDetailedErrors: true }))[1]).to.equal(
          '{"type":7,"error":"Connection closed with an error. TypeError: Hub OnConnected failed."}',
        )
      })

      it('always tells a HubException', async () => {
        connecting = fail(new HubException('no'))
        expect((await refusal())[1]).to.equal('{"type":7,"error":"Connection closed with an error. HubException: no"}')
      })

      it('calls nothing else of the hub', async () => {
        connecting = fail(new Error('no'))
        await refusal()
        expect(calls).to.deep.equal(['connecting'])
      })

      it('closes the transport as it closes any', async () => {
        connecting = fail(new Error('no'))
        const client = serve().connect()
        await client.ended
        expect(client.closedWith).to.deep.equal({ error: undefined })
      })

      it('forgets the connection', async () => {
        connecting = fail(new Error('no'))
        const server = serve()
        const client = server.connect()
        await client.ended
        let isForgotten = true
        client.send = () => {
          isForgotten = false
        }
        await server.runtime.clients.all['Said']!()
        expect(isForgotten).to.equal(true)
      })

      it('logs why', async () => {
        const error = new Error('no')
        connecting = fail(error)
        const server = serve()
        await server.connect().ended
        expect(server.logger.errors).to.deep.equal([{ message: 'LifeHub.onConnected failed.', error }])
      })
    })
  }

  describe('with a lifetime manager that has to wait', () => {
    const managerThat = (onConnected: (connection: HubConnectionContext) => Promise<void>) =>
      Object.assign(new DefaultHubLifetimeManager(), { onConnected })

    it('calls onConnected once the connection is registered', async () => {
      const registered = new Deferred()
      const client = new TestServer(
        LifeHub,
        {},
        managerThat(() => registered.promise),
      ).connect()
      await turn()
      expect(calls).to.deep.equal([])
      registered.resolve()
      client.receive(invoke('1', 'echo', 'a'))
      await client.nextSent()
      expect(calls).to.deep.equal(['connecting', 'echo a'])
    })

    it('closes the connection and creates no hub when it cannot be registered', async () => {
      const client = new TestServer(
        LifeHub,
        {},
        managerThat(() => Promise.reject(new Error('no Redis'))),
      ).connect()
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error."}'])
      expect(calls).to.deep.equal([])
    })

    it('takes the connection off a manager that could not register it', async () => {
      const manager = managerThat(() => Promise.reject(new Error('no Redis')))
      const forgotten: string[] = []
      manager.onDisconnected = connection => {
        forgotten.push(connection.connectionId)
      }
      const client = new TestServer(LifeHub, {}, manager).connect()
      await client.ended
      expect(forgotten).to.deep.equal([client.connectionId])
    })
  })

  it('closes the connection when the hub cannot be created', async () => {
    class UncreatableHub extends Hub {
      constructor() {
        super()
        throw new HubException('not today')
      }
    }
    const client = new TestServer(UncreatableHub).connect()
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error. HubException: not today"}'])
  })
})
