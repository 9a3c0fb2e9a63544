import type { ConnectionTelemetry } from '@signalbox/connections'
import type { HubTelemetry } from '@signalbox/hubs'
import { ConnectionMetrics } from './connection-metrics.js'
import { HubTracing } from './hub-tracing.js'

export interface OpenTelemetry {
  readonly connections: ConnectionTelemetry
  readonly hubs: HubTelemetry
}

/**
 * Metrics and traces through the providers that the application registered with `@opentelemetry/api`, under the names ASP.NET Core uses.
 * @example
 * const server = createServer({ telemetry: openTelemetry() })
 */
export const openTelemetry = (): OpenTelemetry => ({ connections: new ConnectionMetrics(), hubs: new HubTracing() })
