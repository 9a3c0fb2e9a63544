import { type Counter, type Histogram, metrics, trace, type UpDownCounter, ValueType } from '@opentelemetry/api'
import type { HttpTransportType } from '@signalbox/abstractions'
import type { ConnectionStopStatus, ConnectionTelemetry } from '@signalbox/connections'

const transportTag = 'signalr.transport'
const statusTag = 'signalr.connection.status'

const transportNames: Readonly<Record<HttpTransportType, string>> = {
  WebSockets: 'web_sockets',
  ServerSentEvents: 'server_sent_events',
  LongPolling: 'long_polling',
}

const statusNames: Readonly<Record<ConnectionStopStatus, string>> = {
  normalClosure: 'normal_closure',
  timeout: 'timeout',
  appShutdown: 'app_shutdown',
}

/** In seconds. @source MetricsConstants.ShortSecondsBucketBoundaries */
const durationBoundaries = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]

interface Instruments {
  readonly duration: Histogram
  readonly active: UpDownCounter
  readonly slowClients: Counter
}

/**
 * What ASP.NET Core measures of connections, and one thing more: clients cut off because they are too slow.
 * @source HttpConnectionsMetrics
 */
export class ConnectionMetrics implements ConnectionTelemetry {
  #instruments: Instruments | undefined

  onStarted(transport: HttpTransportType): void {
    this.#measure().active.add(1, { [transportTag]: transportNames[transport] })
    // Tells those who look at the request's span why it takes minutes.
    trace.getActiveSpan()?.setAttribute('http.long_running', true)
  }

  onStopped(transport: HttpTransportType, status: ConnectionStopStatus, durationMs: number): void {
    const { active, duration } = this.#measure()
    const byTransport = { [transportTag]: transportNames[transport] }
    active.add(-1, byTransport)
    duration.record(durationMs / 1000, { ...byTransport, [statusTag]: statusNames[status] })
  }

  onSlowClient(transport: HttpTransportType): void {
    this.#measure().slowClients.add(1, { [transportTag]: transportNames[transport] })
  }

  /**
   * At the first connection: a meter taken before the application has registered its provider stays silent for ever.
   */
  #measure(): Instruments {
    this.#instruments ??= createInstruments()
    return this.#instruments
  }
}

function createInstruments(): Instruments {
  const meter = metrics.getMeter('Microsoft.AspNetCore.Http.Connections')
  return {
    duration: meter.createHistogram('signalr.server.connection.duration', {
      description: 'The duration of connections on the server.',
      unit: 's',
      advice: { explicitBucketBoundaries: durationBoundaries },
    }),
    active: meter.createUpDownCounter('signalr.server.active_connections', {
      description: 'Number of connections that are currently active on the server.',
      unit: '{connection}',
      valueType: ValueType.INT,
    }),
    slowClients: metrics.getMeter('Signalbox').createCounter('signalbox.server.slow_clients', {
      description: 'Number of clients cut off because they did not take what they were owed.',
      unit: '{connection}',
      valueType: ValueType.INT,
    }),
  }
}
