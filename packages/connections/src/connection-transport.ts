import type { HttpTransportType } from '@signalbox/abstractions'

/** The part of a connection that differs by transport. */
export interface ConnectionTransport {
  readonly type: HttpTransportType
  /** The application has ended: what is pending goes out, then the transport ends. */
  finish(error: unknown): void
  /** Cuts it without goodbye. */
  abort(): void
  onHeartbeat(now: number): void
}
