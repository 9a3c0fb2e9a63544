import { context, ROOT_CONTEXT, trace, ValueType } from '@opentelemetry/api'
import { DataPointType } from '@opentelemetry/sdk-metrics'
import { MetricSdk, TraceSdk } from '@signalbox/conformance/opentelemetry'
import { expect } from 'chai'
import { ConnectionMetrics } from './connection-metrics.js'

const duration = 'signalr.server.connection.duration'
const active = 'signalr.server.active_connections'

describe('connection metrics', () => {
  let sdk: MetricSdk
  let connections: ConnectionMetrics

  beforeEach(() => {
    sdk = new MetricSdk()
    connections = new ConnectionMetrics()
  })

  afterEach(() => sdk.shutdown())

  it('measure durations in seconds, in a histogram with the boundaries of ASP.NET Core', async () => {
    connections.onStarted('WebSockets')
    connections.onStopped('WebSockets', 'normalClosure', 1_500)
    const { scope, data } = (await sdk.read(duration))!
    expect(scope).to.equal('Microsoft.AspNetCore.Http.Connections')
    expect(data.descriptor.unit).to.equal('s')
    if (data.dataPointType !== DataPointType.HISTOGRAM) throw new Error('It is no histogram.')
    const [point] = data.dataPoints
    expect(point!.value.sum).to.equal(1.5)
    expect(point!.value.buckets.boundaries).to.deep.equal([
      0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
    ])
  })

  it('count active connections up and down', async () => {
    connections.onStarted('WebSockets')
    connections.onStarted('WebSockets')
    connections.onStopped('WebSockets', 'normalClosure', 1)
    const { scope, data } = (await sdk.read(active))!
    expect(scope).to.equal('Microsoft.AspNetCore.Http.Connections')
    expect(data.descriptor).to.include({ unit: '{connection}', valueType: ValueType.INT })
    expect(data).to.include({ dataPointType: DataPointType.SUM, isMonotonic: false })
    expect(await sdk.values(active)).to.deep.equal([[{ 'signalr.transport': 'web_sockets' }, 1]])
  })

  const transports = {
    WebSockets: 'web_sockets',
    ServerSentEvents: 'server_sent_events',
    LongPolling: 'long_polling',
  } as const
  for (const transport of ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const) {
    it(`tag ${transport} as ${transports[transport]}`, async () => {
      connections.onStarted(transport)
      connections.onStopped(transport, 'normalClosure', 1)
      const byTransport = { 'signalr.transport': transports[transport] }
      expect(await sdk.values(active)).to.deep.equal([[byTransport, 0]])
      expect(await sdk.values(duration)).to.deep.equal([
        [{ ...byTransport, 'signalr.connection.status': 'normal_closure' }, 1],
      ])
    })
  }

  const statuses = { normalClosure: 'normal_closure', timeout: 'timeout', appShutdown: 'app_shutdown' } as const
  for (const status of ['normalClosure', 'timeout', 'appShutdown'] as const) {
    it(`tag the end ${status} as ${statuses[status]}`, async () => {
      connections.onStarted('LongPolling')
      connections.onStopped('LongPolling', status, 1)
      expect(await sdk.values(duration)).to.deep.equal([
        [{ 'signalr.transport': 'long_polling', 'signalr.connection.status': statuses[status] }, 1],
      ])
    })
  }

  it('count slow clients under a name of our own', async () => {
    connections.onSlowClient('ServerSentEvents')
    const { scope, data } = (await sdk.read('signalbox.server.slow_clients'))!
    expect(scope).to.equal('Signalbox')
    expect(data.descriptor.unit).to.equal('{connection}')
    expect(await sdk.values('signalbox.server.slow_clients')).to.deep.equal([
      [{ 'signalr.transport': 'server_sent_events' }, 1],
    ])
  })

  it('find a provider that was registered after they were made', async () => {
    await sdk.shutdown()
    connections = new ConnectionMetrics()
    sdk = new MetricSdk()
    connections.onStarted('WebSockets')
    expect(await sdk.values(active)).to.have.length(1)
  })

  it('mark the span of the request that opens a connection as long running', async () => {
    const traces = new TraceSdk()
    const request = trace.getTracer('http').startSpan('GET /chat')
    context.with(trace.setSpan(ROOT_CONTEXT, request), () => connections.onStarted('ServerSentEvents'))
    request.end()
    expect(traces.span('GET /chat').attributes).to.deep.equal({ 'http.long_running': true })
    await traces.shutdown()
  })
})
