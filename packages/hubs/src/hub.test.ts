import type { ConnectionFeatures } from '@signalbox/abstractions'
import { expect } from 'chai'
import { Hub } from './hub.js'
import { hubMethod } from './hub-method.js'
import { close, invoke, result } from './testing/json-messages.js'
import { TestServer } from './testing/test-server.js'

describe('Hub', () => {
  describe('instances', () => {
    let instances: Hub[]

    class CountingHub extends Hub {
      #calls = 0

      @hubMethod
      count(): number {
        instances.push(this)
        return ++this.#calls
      }

      @hubMethod
      countInItems(): number {
        const calls = ((this.context.items.get('calls') as number | undefined) ?? 0) + 1
        this.context.items.set('calls', calls)
        return calls
      }

      override onConnected() {
        instances.push(this)
        this.context.items.set('greeted', true)
      }

      override onDisconnected() {
        instances.push(this)
      }
    }

    beforeEach(() => {
      instances = []
    })

    it('are one per connect, call and disconnect', async () => {
      const client = new TestServer(CountingHub).connect()
      client.receive(invoke('1', 'count') + invoke('2', 'count') + close)
      await client.ended
      expect(new Set(instances).size).to.equal(4)
    })

    it('keep no state from call to call', () => {
      const client = new TestServer(CountingHub).connect()
      client.receive(invoke('1', 'count') + invoke('2', 'count'))
      expect(client.sent).to.deep.equal([result('1', 1), result('2', 1)])
    })

    it('share the items of their connection', () => {
      const client = new TestServer(CountingHub).connect()
      client.receive(invoke('1', 'countInItems') + invoke('2', 'countInItems'))
      expect(client.sent).to.deep.equal([result('1', 1), result('2', 2)])
    })

    it('do not share the items of other connections', () => {
      const server = new TestServer(CountingHub)
      server.connect().receive(invoke('1', 'countInItems'))
      const other = server.connect()
      other.receive(invoke('1', 'countInItems'))
      expect(other.sent).to.deep.equal([result('1', 1)])
    })

    it('are not ready in their constructor, and say so', () => {
      class EagerHub extends Hub {
        constructor() {
          super()
          void this.context
        }
      }
      expect(() => new EagerHub()).to.throw(
        'context, clients and groups are not there yet in the constructor of a hub.',
      )
    })
  })

  describe('context', () => {
    class ContextHub extends Hub {
      @hubMethod
      connectionId(): string {
        return this.context.connectionId
      }

      @hubMethod
      user(): string | undefined {
        return this.context.userIdentifier
      }

      @hubMethod
      transport(): string {
        return this.context.features.transport
      }

      @hubMethod
      token(): string | undefined {
        return this.context.httpRequest.query('token')
      }
    }

    it('names the connection', () => {
      const client = new TestServer(ContextHub).connect({ connectionId: 'abc' })
      client.receive(invoke('1', 'connectionId'))
      expect(client.sent).to.deep.equal([result('1', 'abc')])
    })

    it('names the user that the user-id provider found', () => {
      const options = { userIdProvider: ({ httpRequest }: ConnectionFeatures) => httpRequest.query('user') }
      const client = new TestServer(ContextHub, options).connect({ queryString: 'user=ann' })
      client.receive(invoke('1', 'user'))
      expect(client.sent).to.deep.equal([result('1', 'ann')])
    })

    it('has no user without a user-id provider', () => {
      const client = new TestServer(ContextHub).connect()
      client.receive(invoke('1', 'user'))
      expect(client.sent).to.deep.equal([result('1', null)])
    })

    it('asks the user-id provider once per connection', () => {
      let asked = 0
      const client = new TestServer(ContextHub, { userIdProvider: () => `user${++asked}` }).connect()
      client.receive(invoke('1', 'user') + invoke('2', 'user'))
      expect(client.sent).to.deep.equal([result('1', 'user1'), result('2', 'user1')])
    })

    it('tells the transport and the request that opened it', () => {
      const client = new TestServer(ContextHub).connect({ transport: 'LongPolling', queryString: 'token=t' })
      client.receive(invoke('1', 'transport') + invoke('2', 'token'))
      expect(client.sent).to.deep.equal([result('1', 'LongPolling'), result('2', 't')])
    })
  })
})
