import { ConfigurationError, describeValue, type Node } from '@signalbox/abstractions'
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
 * @param given - nothing: there are no options.
 * @throws ConfigurationError for a provider, or anything else, that is given to it and would never be used.
 * @example
 * const server = createServer({ telemetry: openTelemetry() })
 */
export function openTelemetry(...given: readonly never[]): OpenTelemetry {
  if (given.length > 0)
    throw new ConfigurationError(
      'openTelemetry',
      `openTelemetry takes no options, but got ${describeValue(given[0])}: providers are registered with @opentelemetry/api.`,
    )
  const uptime = new NodeUptime()
  return {
    connections: new ConnectionMetrics(),
    hubs: new HubTracing(),
    start: ({ node }) => uptime.start(node),
    close: () => uptime.stop(),
  }
}
