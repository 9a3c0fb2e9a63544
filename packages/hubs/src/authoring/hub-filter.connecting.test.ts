import { Deferred, TestServer } from '@signalbox/conformance'
import { invoke, record, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from './hub.js'
import { HubException } from './hub-exception.js'
import type { HubFilter } from './hub-filter.js'

let calls: string[]
let connecting: () => void
let disconnecting: () => void

class FilteredHub extends Hub {
  static hubMethods = { ping: 0 }

  ping(): string {
    return 'pong'
  }

  override onConnected(): void {
    calls.push('connected')
    connecting()
  }

  override onDisconnected(error: Error | undefined): void {
    calls.push(`disconnected ${error?.message}`)
    disconnecting()
  }
}

const nothing = () => {}

const boom = () => {
  throw new RangeError('BOOM!')
}

describe('HubFilter around the life of a connection', () => {
  beforeEach(() => {
    calls = []
    connecting = nothing
    disconnecting = nothing
  })

  const serve = (...filters: HubFilter[]) => new TestServer(FilteredHub, { filters })

  /** A connection whose onConnected, filters included, is over. */
  async function connect(...filters: HubFilter[]) {
    const client = serve(...filters).connect()
    client.receive(invoke('1', 'ping'))
    expect(await client.nextSent()).to.equal(result('1', 'pong'))
    return client
  }

  const noting = (name: string): HubFilter => ({
    async onConnected(context, next) {
      calls.push(`${name} connecting ${context.connectionId}`)
      await next()
      calls.push(`${name} after`)
    },
    async onDisconnected(context, error, next) {
      calls.push(`${name} disconnecting ${context.connectionId}`)
      await next(error)
      calls.push(`${name} after`)
    },
  })

  it('nests filters in the order given', async () => {
    const client = await connect(noting('outer'), { invokeMethod: (context, next) => next(context) }, noting('inner'))
    const id = client.connectionId
    expect(calls).to.deep.equal([
      `outer connecting ${id}`,
      `inner connecting ${id}`,
      'connected',
      'inner after',
      'outer after',
    ])
    calls.length = 0
    client.vanish()
    await client.ended
    expect(calls).to.deep.equal([
      `outer disconnecting ${id}`,
      `inner disconnecting ${id}`,
      'disconnected undefined',
      'inner after',
      'outer after',
    ])
  })

  it('reads no message before the filters are done', async () => {
    const connected = new Deferred()
    const client = serve({
      async onConnected(_, next) {
        await next()
        await connected.promise
      },
    }).connect()
    client.receive(invoke('1', 'ping'))
    expect(client.isPaused).to.equal(true)
    connected.resolve()
    expect(await client.nextSent()).to.equal(result('1', 'pong'))
  })

  it('lets the client stay when a filter swallows the error of onConnected', async () => {
    connecting = boom
    const client = await connect({ onConnected: (_, next) => next().catch(nothing) })
    client.vanish()
    await client.ended
    expect(calls).to.deep.equal(['connected', 'disconnected undefined'])
  })

  it('lets the client stay when a filter does not call next', async () => {
    const client = await connect({ onConnected: async () => {} })
    client.vanish()
    await client.ended
    expect(calls).to.deep.equal(['disconnected undefined'])
  })

  for (const [how, refuse] of Object.entries({
    throws: () => {
      throw new HubException('not you')
    },
    rejects: () => Promise.reject(new HubException('not you')),
  })) {
    it(`closes the connection when a filter ${how}, and calls no onDisconnected`, async () => {
      const client = serve({ onConnected: refuse }).connect()
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error. HubException: not you"}'])
      expect(calls).to.deep.equal([])
    })
  }

  it('closes the connection when a filter replaces the error of onConnected', async () => {
    connecting = boom
    const client = serve({
      onConnected: (_, next) =>
        next().catch(() => {
          throw new HubException('not you')
        }),
    }).connect()
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error. HubException: not you"}'])
  })

  it('tells onDisconnected filters what broke the connection', async () => {
    let seen: Error | undefined
    const client = await connect({
      onDisconnected(_, error, next) {
        seen = error
        return next(error)
      },
    })
    client.receive(record('{"type":7,"error":"bye"}'))
    await client.ended
    expect(seen).to.be.an.instanceOf(HubException).with.property('message', 'bye')
    expect(calls).to.deep.equal(['connected', 'disconnected bye'])
  })

  it('gives onDisconnected the error that a filter passes on', async () => {
    const client = await connect({ onDisconnected: (_, __, next) => next(new Error('another')) })
    client.vanish()
    await client.ended
    expect(calls).to.deep.equal(['connected', 'disconnected another'])
  })

  it('ends the connection as usual when a filter swallows the error of onDisconnected', async () => {
    disconnecting = boom
    const client = await connect({ onDisconnected: (_, error, next) => next(error).catch(nothing) })
    client.vanish()
    await client.ended
    expect(client.closedWith).to.deep.equal({ error: undefined })
  })

  it('ends the connection with the error when an onDisconnected filter throws', async () => {
    const server = serve({ onDisconnected: boom })
    const client = server.connect()
    client.receive(invoke('1', 'ping'))
    await client.nextSent()
    client.vanish()
    await client.ended
    expect(client.closedWith?.error).to.be.an.instanceOf(RangeError)
    expect(server.logger.errors.map(({ message }) => message)).to.deep.equal(['FilteredHub.onDisconnected failed.'])
  })
})
