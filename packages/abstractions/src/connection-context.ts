import type { ConnectionFeatures } from './connection-features.js'

/**
 * How the application above a connection is told what happens on it. What a member throws, or rejects with, is logged
 * and ends this connection as a failure: WebSocket close 1011, long polling 500.
 */
export interface ConnectionReceiver {
  /**
   * Bytes from the peer, in order. The memory belongs to the caller: copy what must outlive the call. Nobody waits for
   * a promise.
   */
  onReceive(bytes: Uint8Array): void | Promise<void>
  /**
   * The peer is gone or the application has failed; called at most once, nothing is received after it. It has to lead
   * to `close`; without this member the connection closes by itself.
   * @param error - what broke the transport, or what this receiver threw; undefined when the peer left, gracefully or
   * not.
   * @param graceful - true when the peer said goodbye (close frame, DELETE) rather than vanished.
   */
  onEnd?(error: Error | undefined, graceful: boolean): void | Promise<void>
  /**
   * The server is about to end, and this connection's turn to leave has come: close it once nothing is under way on it.
   * `onEnd` follows when that takes too long. Without this method `onEnd` comes at once.
   */
  onDraining?(): void
  /**
   * A new transport has taken over a connection that can be resumed. Nothing is left of what was pending, nor of what
   * had come and was not read yet; what is sent from here on goes to the new one.
   * @returns false when it cannot be resumed: the connection ends.
   */
  onReconnected?(): boolean
  /**
   * The credentials have been refreshed: `features.user` has new claims or more time.
   * @source IConnectionAuthenticationRefreshFeature
   */
  onAuthenticationRefreshed?(): void
  /**
   * Once a second, from the one heartbeat of the process.
   * @param now - monotonic milliseconds.
   * @param mayTimeOut - false while silence says nothing about the peer: the event loop was busy and has not read its
   * sockets since, or a debugger is attached.
   */
  onHeartbeat?(now: number, mayTimeOut: boolean): void
}

/**
 * The byte-level connection beneath a hub, the same for every transport and host: where `connections` and `hubs` meet.
 * Sends by one caller arrive in call order; delivery is at most once.
 */
export interface ConnectionContext {
  /** Public name of the connection; others may see it. */
  readonly connectionId: string
  readonly features: ConnectionFeatures
  /**
   * Set by the application when it starts; until then received bytes wait, bounded. It may put another in its place at
   * any time.
   */
  receiver: ConnectionReceiver | undefined
  /**
   * Queues bytes for the peer. They must end on a message boundary and never change afterwards: the same array may be
   * queued to any number of connections and is kept by reference. Never throws and never waits; after the end it does
   * nothing.
   */
  send(bytes: Uint8Array): void
  /**
   * The same for bytes that go to many: while many are written to again and again, they wait some milliseconds for more
   * to share a write with.
   */
  sendShared(bytes: Uint8Array): void
  /**
   * The same for text that goes to this peer alone: cheaper, since what is queued in one turn is encoded, as UTF-8, at
   * once.
   */
  sendText(text: string): void
  /** The peer is behind with what it is owed: `drained` would give a promise. Asking costs nothing. */
  readonly isCongested: boolean
  /**
   * For a sender who wants to go no faster than the peer reads.
   * @returns undefined while little is pending, else a promise that resolves (never rejects) once the peer has caught
   * up or is gone.
   */
  drained(): Promise<void> | undefined
  /**
   * The application has ended: what is pending goes out, then the transport ends.
   * @param error - set when the application failed (WebSocket close 1011 instead of 1000, long polling 500).
   */
  close(error?: unknown): void
  /** Cuts the transport without any goodbye; nothing pending goes out. @param reason - for the log. */
  abort(reason: string): void
  /**
   * Stops `onReceive`; bytes that arrive meanwhile wait, bounded, and hold their senders back where the transport can.
   */
  pause(): void
  /** Hands over what waits, also what arrived before `onEnd`, and goes on; may be paused again from within. */
  resume(): void
}

/**
 * Starts the application on a new connection: it sets `receiver` before it returns, or before its promise resolves. One
 * that has set none by then is done, and the connection closes. What it throws, or rejects with, is logged and ends the
 * connection as a failure.
 */
export type ConnectionHandler = (connection: ConnectionContext) => void | Promise<void>
