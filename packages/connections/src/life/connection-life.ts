import type { ClaimsPrincipal, HttpRequest } from '@signalbox/abstractions'
import type { Outbox } from '../outbox/outbox.js'
import { type ConnectionTransport, graceMs } from '../transports/connection-transport.js'
import type { ConnectionApplication } from './connection-application.js'
import { HttpConnectionFeatures } from './http-connection-features.js'
import type { StatefulReconnect } from './stateful-reconnect.js'

/**
 * `inactive`: no transport is attached (negotiated only, or between two polls or sockets), and the clock of the
 * disconnect time-out runs. `disposed`: it has ended below, and stays registered until the application has ended too.
 * @source HttpConnectionStatus
 */
export type ConnectionStatus = 'inactive' | 'active' | 'disposed'

/** The connection whose life it is. */
export interface LivingConnection {
  readonly outbox: Outbox
  readonly application: ConnectionApplication
  /** Granted at negotiate. */
  readonly statefulReconnect: StatefulReconnect | undefined
  readonly isServerShuttingDown: boolean
  /** Monotonic milliseconds. */
  now(): number
  /** The first request of its first transport is there. */
  onStarted(transport: ConnectionTransport): void
  /** Nothing comes and goes any more; its token is still known. */
  onDisposed(): void
  /** Its token is to be unknown from here on. */
  onRemoved(): void
}

/**
 * The one place that decides where a connection is in its life: inactive → active → between transports → active … →
 * disposed. Transports and the application tell it what has happened. What is disposed stays disposed. @source
 * HttpConnectionContext
 */
export class ConnectionLife {
  #status: ConnectionStatus = 'inactive'
  #transport: ConnectionTransport | undefined
  #features: HttpConnectionFeatures | undefined
  /** When it became inactive, or no more was to come from its peer. */
  #lastSeen: number
  readonly #connection: LivingConnection

  constructor(connection: LivingConnection) {
    this.#connection = connection
    this.#lastSeen = connection.now()
  }

  get status(): ConnectionStatus {
    return this.#status
  }

  get isDisposed(): boolean {
    return this.#status === 'disposed'
  }

  /** Undefined until the first one has opened. */
  get transport(): ConnectionTransport | undefined {
    return this.#transport
  }

  /** Undefined until the first transport has opened; one object from then on. */
  get features(): HttpConnectionFeatures | undefined {
    return this.#features
  }

  /** Whether the loss of its socket is not the end. */
  get canReconnect(): boolean {
    return this.#features?.statefulReconnect?.isEnabled === true
  }

  /** It has lost its socket and may get another: the application keeps what it sends, and sends it again. */
  get isInterrupted(): boolean {
    return this.#status === 'inactive' && this.#features?.statefulReconnect !== undefined
  }

  // From transports

  /** A handshake is under way: from here on another one is refused, even before this one has been answered. */
  onTransportOpening(): void {
    if (this.#status !== 'disposed') this.#status = 'active'
  }

  /** The first request of a transport is there, or a new socket takes the place of the old one. */
  onTransportOpened(transport: ConnectionTransport, request: HttpRequest, user: ClaimsPrincipal): void {
    if (this.#status === 'disposed') return transport.abort() // it has ended while its handshake was under way
    this.#status = 'active'
    const previous = this.#transport
    this.#transport = transport
    if (previous !== undefined) return this.#reconnect(previous, transport, request)
    const { type } = transport
    const { statefulReconnect, outbox } = this.#connection
    const reconnect = type === 'WebSockets' ? statefulReconnect : undefined
    this.#features = new HttpConnectionFeatures(type, request, user, reconnect)
    if (type !== 'LongPolling') outbox.attach(transport) // which waits for a poll that takes it
    this.#connection.onStarted(transport)
  }

  /** Long polling: a poll waits. */
  onPoll(transport: ConnectionTransport): void {
    if (this.#status !== 'disposed') this.#status = 'active'
    this.#connection.outbox.attach(transport)
  }

  /** Long polling: no poll waits, and the clock of the disconnect time-out runs. */
  onPollAnswered(): void {
    this.#connection.outbox.detach()
    this.#deactivate()
  }

  /** The peer is gone, or its socket is. @param graceful - it said so. */
  onTransportClosed(transport: ConnectionTransport, graceful: boolean, error: Error | undefined): void {
    if (this.#transport !== undefined && this.#transport !== transport) return // another socket has taken over
    const { outbox, application } = this.#connection
    if (!graceful && error === undefined && !application.hasEnded && this.#canWait) {
      outbox.clear()
      this.#deactivate()
      return
    }
    this.#status = 'disposed'
    outbox.close()
    application.endInput(error, graceful)
    if (application.hasEnded) this.remove()
  }

  /** The transport says goodbye: what is pending goes out, and nothing after it. */
  onTransportClosing(): void {
    this.#status = 'disposed'
  }

  // From the application

  /** It has ended: what is pending goes out, then the transport ends. */
  onApplicationEnded(error: unknown): void {
    if (this.#transport === undefined) this.remove()
    else this.#transport.finish(error)
  }

  /** No more is to come from the peer. */
  onInputEnded(): void {
    this.#lastSeen = this.#connection.now()
  }

  /** Cuts it without a goodbye. @returns false when it was cut already. */
  abort(): boolean {
    if (this.#status === 'disposed') return false
    this.#status = 'disposed'
    this.#connection.outbox.close()
    this.#transport?.abort()
    this.#connection.application.endInput(undefined, false)
    return true
  }

  // From the clock

  /** Milliseconds for which it has been inactive; 0 when it is not. */
  inactiveMs(now: number): number {
    return this.#status === 'inactive' ? now - this.#lastSeen : 0
  }

  /** Milliseconds since no more was to come from the peer, or since it became inactive. */
  silentMs(now: number): number {
    return now - this.#lastSeen
  }

  /** Nobody has come for too long. */
  onTimedOut(): void {
    this.#status = 'disposed'
    if (this.#connection.application.hasEnded) this.remove()
    else this.#connection.application.endInput(undefined, false)
  }

  // The end

  /** Forgets the connection: its token is unknown from here on. */
  remove(): void {
    this.#dispose()
    this.#connection.onRemoved()
  }

  /** The same a moment later, for what its client says twice at once. Until then it is there, and over. */
  removeSoon(): void {
    this.#dispose()
    setTimeout(() => this.#connection.onRemoved(), graceMs).unref()
  }

  get #canWait(): boolean {
    return this.canReconnect && !this.#connection.isServerShuttingDown
  }

  #reconnect(previous: ConnectionTransport, transport: ConnectionTransport, request: HttpRequest): void {
    const { outbox, application } = this.#connection
    this.#features!.httpRequest = request
    previous.abort() // in case it still looks alive
    application.dropUnread() // the application has not seen it, so the client sends it again
    outbox.clear()
    outbox.attach(transport)
    if (!application.onReconnected()) application.endInput(undefined, false)
  }

  #deactivate(): void {
    if (this.#status !== 'active') return
    this.#status = 'inactive'
    this.#lastSeen = this.#connection.now()
  }

  #dispose(): void {
    this.#status = 'disposed'
    this.#connection.outbox.close()
    this.#connection.application.dropUnread()
    this.#connection.onDisposed()
  }
}
