import type { ConnectionFeatures } from '@signalbox/abstractions'
import { TestServer } from '@signalbox/conformance'
import { close, invocation, invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from './hub.js'
import type { HubContext } from './hub-context.js'
import type { HubClass } from './hub-descriptor.js'
import { hubMethod } from './hub-method.js'
import type { HubActivator } from './hub-options.js'

describe('Hub', () => {
  describe('the context of the hub', () => {
    let kept: HubContext<ReportClient> | undefined

    interface ReportClient {
      ready(name: string): void
    }

    class ReportHub extends Hub<ReportClient> {
      @hubMethod
      async order(): Promise<void> {
        kept = this.hubContext
        await kept.groups.addToGroup(this.context.connectionId, 'readers')
      }

      override onDisconnected(): void {
        kept = this.hubContext
      }
    }

    it('serves work that outlives the call, typed by the clients of the hub', async () => {
      const client = new TestServer(ReportHub).connect()
      client.receive(invoke('1', 'order'))
      expect(await client.nextSent()).to.equal(result('1', null))
      await kept!.clients.group('readers').ready('report')
      expect(client.sent).to.deep.equal([invocation('ready', 'report')])
    })

    it('is one object for all calls and for whoever is outside of them', async () => {
      const server = new TestServer(ReportHub)
      const client = server.connect()
      client.receive(close)
      await client.ended
      expect(kept).to.equal(server.runtime.context)
    })

    it('has clients, groups and membership, and nothing of what is behind them', () => {
      const { context } = new TestServer(ReportHub).runtime
      expect(Object.keys(context)).to.deep.equal(['clients', 'groups', 'membership'])
      expect(Object.keys(context.clients)).to.deep.equal([])
      expect(Object.keys(context.groups)).to.deep.equal(['addToGroup', 'removeFromGroup'])
    })
  })

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

    describe('of a hubActivator', () => {
      class GreetingHub extends Hub {
        readonly #greeting: string

        constructor(greeting: string) {
          super()
          this.#greeting = greeting
        }

        @hubMethod
        greet(name: string): string {
          return `${this.#greeting}, ${name}!`
        }
      }

      const connect = (hubActivator: HubActivator) =>
        new TestServer(GreetingHub as unknown as HubClass, { hubActivator, enableDetailedErrors: true }).connect()

      it('have what it gives them', () => {
        const client = connect(() => new GreetingHub('Good morning'))
        client.receive(invoke('1', 'greet', 'Ada'))
        expect(client.sent).to.deep.equal([result('1', 'Good morning, Ada!')])
      })

      it('are made for the class that is mapped', () => {
        const classes: unknown[] = []
        connect(hubClass => {
          classes.push(hubClass)
          return new GreetingHub('Hello')
        })
        expect(classes).to.deep.equal([GreetingHub])
      })

      it('may not be used again for another call', () => {
        const only = new GreetingHub('Hello')
        let made = 0
        const client = connect(() => (made++ === 0 ? new GreetingHub('Hello') : only))
        client.receive(invoke('1', 'greet', 'Ada') + invoke('2', 'greet', 'Ben'))
        expect(client.sent[0]).to.equal(result('1', 'Hello, Ada!'))
        expect(client.sent[1]).to.include('The hubActivator must make a new hub for each call, but gave one twice.')
      })

      it('fail their call when it is async, and the text names it', () => {
        let made = 0
        const connect = (then: () => Promise<unknown>) => {
          const hubActivator = (() => (made++ === 0 ? new GreetingHub('Hello') : then())) as unknown as HubActivator
          return new TestServer(GreetingHub as unknown as HubClass, {
            hubActivator,
            enableDetailedErrors: true,
          }).connect()
        }
        for (const then of [async () => new GreetingHub('Hi'), () => Promise.reject(new Error('BOOM!'))]) {
          made = 0
          const client = connect(then)
          client.receive(invoke('1', 'greet', 'Ada'))
          expect(client.sent[0]).to.include('hubActivator must return a hub, but returned a promise.')
        }
      })
    })

    it('are not ready in their constructor, and say so', () => {
      class EagerHub extends Hub {
        constructor() {
          super()
          void this.context
        }
      }
      expect(() => new EagerHub()).to.throw(
        "context, clients and groups are there while a hub is called, and not in its constructor. To call one in a test, use testHub of 'signalbox/testing'.",
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
