import type { ConnectionContext, HttpTransportType } from '@signalbox/abstractions'

/**
 * How a connection ended: by itself in whatever way, by the disconnect time-out, or with the server.
 * @source HttpConnectionStopStatus
 */
export type ConnectionStopStatus = 'normalClosure' | 'timeout' | 'appShutdown'

/**
 * What watches connections; without it nothing is measured and nothing costs. One that negotiated and never opened a
 * transport is not heard of. The server logs what a member throws.
 * @source HttpConnectionsMetrics
 */
export interface ConnectionTelemetry {
  /**
   * The first request of the transport is there; called within that request. Later polls and resumed sockets are not
   * told.
   */
  onStarted?(transport: HttpTransportType, connection: ConnectionContext): void
  /** The connection is forgotten; once for each that started. @param durationMs - since it started. */
  onStopped?(
    transport: HttpTransportType,
    status: ConnectionStopStatus,
    durationMs: number,
    connection: ConnectionContext,
  ): void
  /** A client is cut off because it does not take what it is owed; its connection stops as any other. */
  onSlowClient?(transport: HttpTransportType, connection: ConnectionContext): void
}
