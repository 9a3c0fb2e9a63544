import type { Node } from '@signalbox/abstractions'
import type { ConnectionTelemetry } from '@signalbox/connections'
import type { HubTelemetry } from '@signalbox/hubs'
import { ConnectionMetrics } from './connection-metrics.js'
import { HubTracing } from './hub-tracing.js'
import { NodeUptime } from './node-uptime.js'

export interface OpenTelemetry {
  readonly connections: ConnectionTelemetry
  readonly hubs: HubTelemetry
  /** The server begins to serve. */
  start(server: { readonly node: Node }): void
  close(): void
}

/**
 * Metrics and traces through the providers that the application registered with `@opentelemetry/api`, under the names
 * ASP.NET Core uses.
 * @example
 * const server = createServer({ telemetry: openTelemetry() })
 */
export function openTelemetry(): OpenTelemetry {
  const uptime = new NodeUptime()
  return {
    connections: new ConnectionMetrics(),
    hubs: new HubTracing(),
    start: ({ node }) => uptime.start(node),
    close: () => uptime.stop(),
  }
}
