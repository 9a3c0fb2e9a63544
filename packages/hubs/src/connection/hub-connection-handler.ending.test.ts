import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import { invocation, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'

const reconnect = '{"type":7,"allowReconnect":true}'

describe('HubConnectionHandler, ending', () => {
  let calls: string[]
  let errors: (Error | undefined)[]
  let held: Deferred
  /** What `onDisconnected` does. */
  let disconnecting: (hub: Hub) => void | Promise<void>

  class LifeHub extends Hub {
    static hubMethods = { hold: 0, note: 1 }

    async hold(): Promise<string> {
      await held.promise
      await this.clients.caller['Said']!('done')
      return 'held'
    }

    note(text: string): void {
      calls.push(text)
    }

    override onDisconnected(error: Error | undefined): void | Promise<void> {
      calls.push('disconnected')
      errors.push(error)
      return disconnecting(this)
    }
  }

  beforeEach(() => {
    calls = []
    errors = []
    held = new Deferred()
    disconnecting = () => {}
  })

  const serve = (options?: HubOptions) => new TestServer(LifeHub, options)
  const connect = (options?: HubOptions) => serve(options).connect()

  const departures: Readonly<Record<string, (client: TestConnection) => void>> = {
    'says goodbye': client => client.leave(),
    vanishes: client => client.vanish(),
  }
  for (const [how, depart] of Object.entries(departures)) {
    describe(`when the transport ${how}`, () => {
      it('calls onDisconnected once, without an error', async () => {
        const client = connect()
        depart(client)
        await client.ended
        expect(errors).to.deep.equal([undefined])
      })

      it('writes a Close that allows to reconnect, then closes', async () => {
        const client = connect()
        depart(client)
        await client.ended
        expect(client.sent).to.deep.equal([reconnect])
        expect(client.closedWith).to.deep.equal({ error: undefined })
      })

      it('fails when it ends in mid-message', async () => {
        const client = connect({ enableDetailedErrors: true })
        client.receive('{')
        depart(client)
        await client.ended
        expect(errors[0]).to.have.property('message', 'Connection terminated while reading a message.')
        expect(JSON.parse(client.sent[0]!)).to.deep.equal({
          type: 7,
          error:
            'Connection closed with an error. InvalidDataException: Connection terminated while reading a message.',
          allowReconnect: true,
        })
      })

      it('does not wait for a call that runs', async () => {
        const client = connect()
        client.receive(invoke('1', 'hold'))
        depart(client)
        await client.ended
        expect(calls).to.deep.equal(['disconnected'])
      })

      it('drops what a call sends and answers afterwards', async () => {
        const client = connect()
        client.receive(invoke('1', 'hold'))
        const disconnected = new Deferred()
        disconnecting = () => disconnected.promise
        depart(client)
        held.resolve()
        await turn()
        expect(client.sent).to.deep.equal([reconnect])
        disconnected.resolve()
        await client.ended
      })
    })
  }

  it('gives onDisconnected what broke the transport', async () => {
    const error = new Error('broken')
    const client = connect()
    client.vanish(error)
    await client.ended
    expect(errors).to.deep.equal([error])
  })

  it('closes with an error when the transport broke', async () => {
    const client = connect()
    client.vanish(new Error('broken'))
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error.","allowReconnect":true}'])
  })

  describe('with a call that waits for its turn', () => {
    function connectWithQueue(server = serve()): TestConnection {
      const client = server.connect()
      client.receive(invoke('1', 'hold') + invoke('2', 'note', 'queued') + invoke('3', 'note', 'behind it'))
      return client
    }

    it('runs what a client sent before it said goodbye, then calls onDisconnected', async () => {
      const client = connectWithQueue()
      client.leave()
      held.resolve()
      await client.ended
      expect(calls).to.deep.equal(['queued', 'behind it', 'disconnected'])
    })

    it('still answers a client who said goodbye', async () => {
      const client = connectWithQueue()
      client.leave()
      held.resolve()
      await client.ended
      expect(client.sent).to.deep.equal([
        invocation('Said', 'done'),
        result('1', 'held'),
        result('2', null),
        result('3', null),
        reconnect,
      ])
    })

    it('waits for it no longer than 15 s after the goodbye', async () => {
      const server = serve()
      const client = connectWithQueue(server)
      client.leave()
      server.heartbeatAfter(1_000)
      server.heartbeatAfter(14_999)
      await turn()
      expect(calls).to.deep.equal([])
      server.heartbeatAfter(1)
      await client.ended
      expect(calls).to.deep.equal(['disconnected'])
    })

    it('calls onDisconnected at once when the client vanishes', async () => {
      const client = connectWithQueue()
      client.vanish()
      await client.ended
      expect(calls).to.deep.equal(['disconnected'])
    })

    it('never runs it when the client has vanished', async () => {
      const client = connectWithQueue()
      client.vanish()
      held.resolve()
      await client.ended
      await turn()
      expect(calls).to.deep.equal(['disconnected'])
    })

    it('does not take it for an end in mid-message', async () => {
      const client = connectWithQueue()
      client.receive('{')
      client.vanish()
      await client.ended
      expect(errors).to.deep.equal([undefined])
    })

    it('takes half a message behind it for an end in mid-message once it has run', async () => {
      const client = connectWithQueue()
      client.receive('{')
      client.leave()
      held.resolve()
      await client.ended
      expect(errors[0]).to.have.property('message', 'Connection terminated while reading a message.')
    })
  })
})
