import { mock } from 'node:test'
import { type ConnectionContext, silentLogger, systemClock } from '@signalbox/abstractions'
import { FakeExchange, RecordingSocket, webSocketRequest } from '@signalbox/conformance'
import { expect } from 'chai'
import { ConnectionDispatcher } from '../http/connection-dispatcher.js'
import type { ConnectionEndpoint } from '../http/connection-endpoint.js'
import { resolveConnectionManagerOptions, resolveConnectionOptions } from './connection-options.js'
import type { HttpConnection } from './http-connection.js'
import { HttpConnectionManager } from './http-connection-manager.js'
import { Shutdown } from './shutdown.js'

describe('Shutdown', () => {
  let connections: Map<string, HttpConnection>
  /** Ids of those that have been told to leave, in order. */
  let told: string[]
  /** Ids of those that have been cut, in order. */
  let cut: string[]
  let isOver: boolean
  /** What an application does when it is told. */
  let onDraining: ((connection: ConnectionContext) => void) | undefined

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] })
    connections = new Map()
    told = []
    cut = []
    isOver = false
    onDraining = connection => connection.close()
  })

  afterEach(() => mock.timers.reset())

  /** Connects so many WebSockets. */
  function connect(count: number): void {
    const manager = new HttpConnectionManager(resolveConnectionManagerOptions({}), systemClock, silentLogger)
    const dispatcher = new ConnectionDispatcher(manager, () => true)
    const handler = (connection: ConnectionContext): void => {
      connections.set(connection.connectionId, connection as HttpConnection)
      connection.receiver = {
        onReceive() {},
        onHeartbeat() {},
        onEnd() {
          cut.push(connection.connectionId)
          connection.close()
        },
        ...(onDraining === undefined
          ? undefined
          : {
              onDraining() {
                told.push(connection.connectionId)
                onDraining?.(connection)
              },
            }),
      }
    }
    const endpoint: ConnectionEndpoint = { path: '/', handler, options: resolveConnectionOptions({}) }
    for (let made = 0; made < count; made++)
      dispatcher.dispatch(new FakeExchange(webSocketRequest('/'), new RecordingSocket()), endpoint)
  }

  async function say(timeoutMs: number, random = () => 0.5): Promise<Shutdown> {
    const shutdown = new Shutdown(connections, timeoutMs, random)
    void shutdown.run().then(() => {
      isOver = true
    })
    await settled()
    return shutdown
  }

  /** What waits for promises alone has run. */
  async function settled(): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  }

  async function pass(ms: number): Promise<void> {
    mock.timers.tick(ms)
    await settled()
  }

  it('is over at once where nobody is', async () => {
    await say(5000)
    expect(isOver).to.equal(true)
  })

  it('tells fifty at once and the next fifty a tenth of a second later', async () => {
    connect(120)
    await say(5000)
    const counts = [told.length]
    for (let turn = 0; turn < 3; turn++) {
      await pass(99)
      counts.push(told.length)
      await pass(1)
      counts.push(told.length)
    }
    expect(counts).to.deep.equal([50, 50, 100, 100, 120, 120, 120])
  })

  it('varies the time between bundles by half', async () => {
    connect(150)
    const numbers = [...Array(149).fill(0), 0, 0.99]
    await say(5000, () => numbers.shift() ?? 0)
    const at: number[] = []
    for (let ms = 1; ms <= 300; ms++) {
      const before = told.length
      await pass(1)
      if (told.length > before) at.push(ms)
    }
    expect(at).to.deep.equal([50, 199])
  })

  it('tells all of them within half of the time, however many they are', async () => {
    connect(1000)
    await say(1000)
    const counts = [told.length]
    for (let turn = 0; turn < 4; turn++) {
      await pass(100)
      counts.push(told.length)
    }
    expect(counts).to.deep.equal([200, 400, 600, 800, 1000])
  })

  it('tells them in no order', async () => {
    connect(50)
    const numbers = Array.from({ length: 49 }, (_, index) => ((index * 7) % 10) / 10)
    await say(5000, () => numbers.shift()!)
    expect(told).to.have.members([...connections.keys()])
    expect(told).not.to.deep.equal([...connections.keys()])
  })

  it('cuts in the last second of the time those that stay', async () => {
    onDraining = () => {}
    connect(2)
    await say(10_000)
    await pass(8_999)
    expect(cut).to.deep.equal([])
    await pass(1)
    expect(cut).to.have.length(2)
  })

  it('cuts in the last fifth of a short time', async () => {
    onDraining = () => {}
    connect(1)
    await say(100)
    await pass(79)
    expect(cut).to.deep.equal([])
    await pass(1)
    expect(cut).to.have.length(1)
  })

  it('cuts everybody at once where there is no time', async () => {
    connect(200)
    await say(0)
    expect([told.length, cut.length]).to.deep.equal([0, 200])
  })

  it('cuts in its turn a connection whose application cannot be told', async () => {
    onDraining = undefined
    connect(60)
    await say(5000)
    expect(cut).to.have.length(50)
    await pass(100)
    expect(cut).to.have.length(60)
  })

  it('has an application that throws fail by itself', async () => {
    let isFirst = true
    onDraining = connection => {
      if (!isFirst) return connection.close()
      isFirst = false
      throw new Error('BOOM!')
    }
    connect(2)
    await say(5000)
    expect([told.length, cut.length]).to.deep.equal([2, 1])
  })

  it('is over when the last one is gone, and leaves no timer behind', async () => {
    onDraining = () => {}
    connect(1)
    const shutdown = await say(5000)
    connections.clear()
    shutdown.onRemoved()
    await settled()
    expect(isOver).to.equal(true)
    const [connection] = [...connections.values()]
    await pass(10_000)
    expect([connection, cut]).to.deep.equal([undefined, []])
  })

  it('is over when the time is, whoever is left', async () => {
    onDraining = () => {}
    connect(1)
    await say(5000)
    await pass(4_999)
    expect(isOver).to.equal(false)
    await pass(1)
    expect(isOver).to.equal(true)
  })
})
