import { TestServer } from '@signalbox/conformance'
import { handshakeRequest, invoke } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { DefaultHubLifetimeManager } from '../lifetime/default-hub-lifetime-manager.js'

describe('HubConnectionHandler, failing to connect', () => {
  let calls: string[]
  /** What `onConnected` does. */
  let connecting: () => void | Promise<void>

  class LifeHub extends Hub {
    static hubMethods = { echo: 1 }

    echo(text: string): void {
      calls.push(`echo ${text}`)
    }

    override onConnected(): void | Promise<void> {
      calls.push('connecting')
      return connecting()
    }

    override onDisconnected() {
      calls.push('disconnected')
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

  describe('when the lifetime manager cannot register the connection', () => {
    const failingManager = () =>
      Object.assign(new DefaultHubLifetimeManager(), { onConnected: () => Promise.reject(new Error('no Redis')) })

    it('closes the connection and creates no hub', async () => {
      const client = new TestServer(LifeHub, {}, failingManager()).connect()
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error."}'])
      expect(calls).to.deep.equal([])
    })

    it('takes the connection off the manager all the same', async () => {
      const manager: DefaultHubLifetimeManager = failingManager()
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
