import { type ConnectionContext, silentLogger } from '@signalbox/abstractions'
import { FakeExchange, ManualClock, RecordingSocket, requestWith, turn, webSocketRequest } from '@signalbox/conformance'
import { expect } from 'chai'
import { ConnectionDispatcher } from '../http/connection-dispatcher.js'
import type { ConnectionEndpoint } from '../http/connection-endpoint.js'
import {
  type ConnectionOptions,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
} from './connection-options.js'
import type { ConnectionTelemetry } from './connection-telemetry.js'
import { HttpConnectionManager } from './http-connection-manager.js'

type Told = readonly unknown[]

describe('connection telemetry', () => {
  let told: Told[]
  let clock: ManualClock
  let manager: HttpConnectionManager
  let dispatcher: ConnectionDispatcher
  let endpoint: ConnectionEndpoint
  let connection: ConnectionContext
  let socket: RecordingSocket

  let heardOf: Set<ConnectionContext>

  const telemetry: ConnectionTelemetry = {
    onStarted(transport, who) {
      told.push(['started', transport])
      heardOf.add(who)
    },
    onStopped(transport, status, durationMs, who) {
      told.push(['stopped', transport, status, durationMs])
      heardOf.add(who)
    },
    onSlowClient(transport, who) {
      told.push(['slow', transport])
      heardOf.add(who)
    },
  }

  beforeEach(() => {
    told = []
    heardOf = new Set()
    clock = new ManualClock()
    manager = new HttpConnectionManager(resolveConnectionManagerOptions({}), clock, silentLogger, telemetry)
    dispatcher = new ConnectionDispatcher(manager, () => true)
    endpoint = endpointWith({})
    socket = new RecordingSocket()
  })

  /** An application that ends as soon as its connection does. */
  const endpointWith = (options: ConnectionOptions): ConnectionEndpoint => ({
    path: '/raw',
    options: resolveConnectionOptions(options),
    handler: started => {
      connection = started
      started.receiver = { onReceive() {}, onEnd: () => started.close(), onHeartbeat() {} }
    },
  })

  function openWebSocket(queryString?: string): FakeExchange {
    const exchange = new FakeExchange(webSocketRequest('/raw', queryString), socket)
    void dispatcher.dispatch(exchange, endpoint)
    return exchange
  }

  function negotiate(isStateful = false): string {
    return manager.negotiate(endpoint, '127.0.0.1', 1, isStateful).connectionToken
  }

  function poll(connectionToken: string): void {
    const request = requestWith({ path: '/raw', queryString: `id=${connectionToken}` })
    void dispatcher.dispatch(new FakeExchange(request, socket), endpoint)
  }

  function disconnectTimeout(): void {
    clock.advance(15_001)
    manager.onHeartbeat()
  }

  it('hears of a WebSocket from its opening to its close, with the time between', () => {
    const { socketHandler } = openWebSocket()
    clock.advance(2_500)
    socketHandler!.onClose(true, undefined)
    expect(told).to.deep.equal([
      ['started', 'WebSockets'],
      ['stopped', 'WebSockets', 'normalClosure', 2_500],
    ])
  })

  it('counts from the transport, not from negotiate', () => {
    const connectionToken = negotiate()
    clock.advance(9_000)
    const { socketHandler } = openWebSocket(`id=${connectionToken}`)
    clock.advance(1_000)
    socketHandler!.onClose(true, undefined)
    expect(told[1]).to.deep.equal(['stopped', 'WebSockets', 'normalClosure', 1_000])
  })

  it('takes an application that fails for a normal closure', () => {
    const { socketHandler } = openWebSocket()
    connection.close(new Error('broken'))
    socketHandler!.onClose(true, undefined)
    expect(told[1]).to.deep.equal(['stopped', 'WebSockets', 'normalClosure', 0])
  })

  it('hears nothing of a connection that only negotiated, not even when it times out', () => {
    negotiate()
    disconnectTimeout()
    expect(manager.count).to.equal(0)
    expect(told).to.deep.equal([])
  })

  it('hears nothing of a request that was refused', () => {
    endpoint = endpointWith({ transports: ['LongPolling'] })
    expect(openWebSocket().response?.status).to.equal(404)
    expect(told).to.deep.equal([])
  })

  it('hears of the first poll only', () => {
    const connectionToken = negotiate()
    poll(connectionToken)
    poll(connectionToken)
    expect(told).to.deep.equal([['started', 'LongPolling']])
  })

  it('hears of a time-out when no poll comes any more', () => {
    const connectionToken = negotiate()
    poll(connectionToken)
    disconnectTimeout()
    poll(connectionToken)
    expect(told.slice(1)).to.deep.equal([['stopped', 'LongPolling', 'timeout', 15_001]])
  })

  it('hears nothing of a socket that is lost and resumed', () => {
    endpoint = endpointWith({ allowStatefulReconnects: true })
    const connectionToken = negotiate(true)
    const first = openWebSocket(`id=${connectionToken}`)
    connection.receiver!.onReconnected = () => true
    first.socketHandler!.onClose(false, undefined)
    const second = openWebSocket(`id=${connectionToken}`)
    expect(second.socketHandler).not.to.equal(undefined)
    expect(told).to.deep.equal([['started', 'WebSockets']])
  })

  it('hears of a time-out when a lost socket is not resumed', () => {
    endpoint = endpointWith({ allowStatefulReconnects: true })
    openWebSocket(`id=${negotiate(true)}`).socketHandler!.onClose(false, undefined)
    disconnectTimeout()
    expect(told.slice(1)).to.deep.equal([['stopped', 'WebSockets', 'timeout', 15_001]])
  })

  it('hears that connections end with the server', async () => {
    const { socketHandler } = openWebSocket()
    const closed = manager.closeAll(1_000)
    socketHandler!.onClose(true, undefined)
    await closed
    expect(told[1]).to.deep.equal(['stopped', 'WebSockets', 'appShutdown', 0])
  })

  it('hears of a client cut off for what it does not take, then of a normal closure', async () => {
    endpoint = endpointWith({ maximumPendingSendBytes: 10 })
    const { socketHandler } = openWebSocket()
    socket.isSlow = true
    connection.send(Buffer.alloc(11))
    connection.send(Buffer.alloc(11))
    await turn()
    socketHandler!.onClose(false, undefined)
    expect(told.slice(1)).to.deep.equal([
      ['slow', 'WebSockets'],
      ['stopped', 'WebSockets', 'normalClosure', 0],
    ])
  })

  it('hears which connection it is', async () => {
    endpoint = endpointWith({ maximumPendingSendBytes: 10 })
    const { socketHandler } = openWebSocket()
    socket.isSlow = true
    connection.send(Buffer.alloc(11))
    connection.send(Buffer.alloc(11))
    await turn()
    socketHandler!.onClose(false, undefined)
    expect(told).to.have.lengthOf(3)
    expect([...heardOf]).to.deep.equal([connection])
  })

  it('hears of a client cut off for the time it takes', async () => {
    openWebSocket()
    socket.isSlow = true
    connection.send(Buffer.alloc(1))
    await turn()
    for (let seconds = 0; seconds <= 11; seconds++) manager.onHeartbeat()
    expect(told.filter(([event]) => event === 'slow')).to.deep.equal([['slow', 'WebSockets']])
  })
})
