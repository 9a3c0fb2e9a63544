import type { HttpTransportType } from '@signalbox/abstractions'
import type { OutboxSink } from '../outbox/outbox.js'

/**
 * The requests of one client come and go on several TCP connections, and nothing orders those. Within this time, in
 * milliseconds, they count as sent at once: a second DELETE is answered as the first, and the 404 of a POST does not
 * overtake the Close that says why.
 */
export const graceMs = 50

/**
 * The part of a connection that differs by transport. It decides nothing: what happens to it, it tells the connection's
 * `life`.
 */
export interface ConnectionTransport extends OutboxSink {
  readonly type: HttpTransportType
  /** Whether the peer can be kept from sending while the application does not read. */
  readonly canHoldBack: boolean
  /** The application has ended: what is pending goes out, then the transport ends. */
  finish(error: unknown): void
  /** Cuts it without goodbye. */
  abort(): void
  /** Once a second. @param now - monotonic milliseconds. */
  onHeartbeat?(now: number): void
}
