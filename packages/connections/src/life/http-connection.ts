import {
  type Clock,
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionReceiver,
  type Logger,
  noParams,
  type RecurringLog,
} from '@signalbox/abstractions'
import { ConnectionCredentials } from '../authentication/connection-credentials.js'
import type { ConnectionEndpoint } from '../http/connection-endpoint.js'
import { PostQueue, type PostTaker } from '../http/post-queue.js'
import { Outbox, type OutboxLimits, type OutboxOwner } from '../outbox/outbox.js'
import type { OutboxScheduler } from '../outbox/outbox-scheduler.js'
import type { ConnectionTransport } from '../transports/connection-transport.js'
import { type ApplicationConnection, ConnectionApplication } from './connection-application.js'
import { ConnectionLife, type LivingConnection } from './connection-life.js'
import type { ResolvedConnectionManagerOptions } from './connection-options.js'
import type { ConnectionTelemetry } from './connection-telemetry.js'
import { StatefulReconnect } from './stateful-reconnect.js'

/** The manager of a connection, as its connections see it. */
export interface ConnectionRegistry {
  readonly options: ResolvedConnectionManagerOptions
  readonly clock: Clock
  readonly logger: Logger
  readonly recurringLog: RecurringLog
  readonly telemetry: ConnectionTelemetry | undefined
  readonly scheduler: OutboxScheduler
  readonly isShuttingDown: boolean
  onAttached(connection: HttpConnection): void
  remove(connection: HttpConnection): void
}

/**
 * One connection over its whole life: what negotiate made, what a transport carries and what the application sees.
 * `life` says where it is, `application` what runs on it, `outbox` what goes out.
 */
export class HttpConnection
  implements ConnectionContext, ApplicationConnection, LivingConnection, OutboxOwner, PostTaker
{
  readonly connectionId: string
  /** The secret in the `id` query value; never logged. Equal to the connection id for version 0. */
  readonly connectionToken: string
  readonly endpoint: ConnectionEndpoint
  /** Of the path it began at. */
  params = noParams
  readonly outbox: Outbox
  readonly application: ConnectionApplication
  readonly life: ConnectionLife
  /** Undefined where everybody is anonymous. */
  readonly credentials: ConnectionCredentials | undefined
  readonly statefulReconnect: StatefulReconnect | undefined
  readonly #registry: ConnectionRegistry
  #posts: PostQueue | undefined
  /** Of the first transport. */
  #startedAt = 0
  #isTimedOut = false

  constructor(
    registry: ConnectionRegistry,
    endpoint: ConnectionEndpoint,
    connectionId: string,
    connectionToken: string,
    isStateful: boolean,
  ) {
    this.#registry = registry
    this.endpoint = endpoint
    this.connectionId = connectionId
    this.connectionToken = connectionToken
    this.outbox = new Outbox(this)
    this.application = new ConnectionApplication(this)
    this.life = new ConnectionLife(this)
    this.credentials =
      endpoint.authentication === undefined ? undefined : new ConnectionCredentials(endpoint.authentication)
    this.statefulReconnect = isStateful ? new StatefulReconnect(endpoint.options.maximumPendingSendBytes) : undefined
  }

  // For the application

  get features(): ConnectionFeatures {
    const { features } = this.life
    if (features === undefined) throw new Error('The connection has no transport yet.')
    return features
  }

  get receiver(): ConnectionReceiver | undefined {
    return this.application.receiver
  }

  set receiver(receiver: ConnectionReceiver | undefined) {
    this.application.receiver = receiver
  }

  send(bytes: Uint8Array): void {
    if (!this.life.isInterrupted) this.outbox.append(bytes)
  }

  sendShared(bytes: Uint8Array): void {
    if (!this.life.isInterrupted) this.outbox.appendShared(bytes)
  }

  sendText(text: string): void {
    if (!this.life.isInterrupted) this.outbox.appendText(text)
  }

  get isCongested(): boolean {
    return this.outbox.isCongested
  }

  drained(): Promise<void> | undefined {
    return this.outbox.drained()
  }

  pause(): void {
    this.application.pause()
  }

  resume(): void {
    this.application.resume()
  }

  close(error?: unknown): void {
    this.application.close(error)
  }

  abort(reason: string): void {
    if (this.life.isDisposed) return
    this.#registry.logger.debug(`Connection ${this.connectionId} aborted: ${reason}`)
    this.life.abort()
  }

  // For its parts

  get recurringLog(): RecurringLog {
    return this.#registry.recurringLog
  }

  get outboxScheduler(): OutboxScheduler {
    return this.#registry.scheduler
  }

  get outboxLimits(): OutboxLimits {
    return this.endpoint.options
  }

  get isServerShuttingDown(): boolean {
    return this.#registry.isShuttingDown
  }

  get canHoldBack(): boolean {
    return this.life.transport?.canHoldBack !== false
  }

  get posts(): PostQueue {
    this.#posts ??= new PostQueue(this.endpoint.options.maximumPendingReceiveBytes, this)
    return this.#posts
  }

  get hasRoom(): boolean {
    return this.application.hasRoom
  }

  whenRoom(proceed: (isOpen: boolean) => void): void {
    this.application.whenRoom(proceed)
  }

  now(): number {
    return this.#registry.clock.now()
  }

  onStarted(transport: ConnectionTransport): void {
    this.#startedAt = this.now()
    this.#registry.onAttached(this)
    this.#registry.telemetry?.onStarted?.(transport.type, this)
    this.application.start()
  }

  onInputEnded(): void {
    this.life.onInputEnded()
  }

  onApplicationEnded(error: unknown): void {
    this.life.onApplicationEnded(error)
  }

  onDisposed(): void {
    this.#posts?.end()
  }

  onRemoved(): void {
    this.#registry.remove(this)
  }

  onAuthenticationRefreshed(): void {
    this.application.onAuthenticationRefreshed()
  }

  /** Tells how it ended, unless it never began. */
  reportStop(telemetry: ConnectionTelemetry): void {
    const { transport } = this.life
    if (transport === undefined) return
    const end = this.isServerShuttingDown ? 'appShutdown' : 'normalClosure'
    telemetry.onStopped?.(transport.type, this.#isTimedOut ? 'timeout' : end, this.now() - this.#startedAt, this)
  }

  // Bounds

  /** @param mayTimeOut - false: the peer's silence says nothing about it. */
  onHeartbeat(now: number, mayTimeOut: boolean): void {
    if (mayTimeOut) this.#checkTimeouts(now)
    if (this.credentials?.haveExpired === true) this.application.endInput(undefined, false)
    this.life.transport?.onHeartbeat?.(now)
    this.application.onHeartbeat(now, mayTimeOut)
  }

  #checkTimeouts(now: number): void {
    const { options, endTimeoutMs } = this.endpoint
    if (this.life.inactiveMs(now) > this.#registry.options.disconnectTimeoutMs) {
      this.#isTimedOut = true
      this.life.onTimedOut()
    } else if (this.outbox.onHeartbeat() * 1000 > options.transportSendTimeoutMs)
      this.#abortSlowClient('the client takes nothing (transportSendTimeoutMs)')
    if (endTimeoutMs !== undefined && this.application.isOverdue && this.life.silentMs(now) > endTimeoutMs)
      this.#forget(endTimeoutMs)
  }

  /** The peer is long gone, and the application has not closed. */
  #forget(endTimeoutMs: number): void {
    const { path } = this.endpoint
    this.recurringLog.warn(
      `connectionNotClosed ${path}`,
      `The application at ${path} did not close connection ${this.connectionId} within ${endTimeoutMs} ms of its end: onEnd has to lead to close().`,
    )
    this.close()
  }

  onOutboxOverflow(pendingBytes: number): void {
    this.outbox.close() // no byte may follow the gap
    this.recurringLog.warn(
      'slowClient',
      `Connection ${this.connectionId} is cut off: ${pendingBytes} bytes are pending, maximumPendingSendBytes allows ${this.endpoint.options.maximumPendingSendBytes}.`,
    )
    // Not here: a send to many connections is under way, and the end of this one runs user code.
    setImmediate(() => this.#abortSlowClient('slow client'))
  }

  #abortSlowClient(reason: string): void {
    const { transport, isDisposed } = this.life
    if (!isDisposed && transport !== undefined) this.#registry.telemetry?.onSlowClient?.(transport.type, this)
    this.abort(reason)
  }
}
