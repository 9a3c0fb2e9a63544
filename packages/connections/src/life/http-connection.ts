import {
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionReceiver,
  noParams,
  printable,
} from '@signalbox/abstractions'
import { ConnectionCredentials } from '../authentication/connection-credentials.js'
import type { ConnectionEndpoint } from '../http/connection-endpoint.js'
import { PostQueue, type PostTaker } from '../http/post-queue.js'
import { Outbox, type OutboxLimits, type OutboxOwner, type OutboxSink } from '../outbox/outbox.js'
import type { OutboxScheduler } from '../outbox/outbox-scheduler.js'
import type { ConnectionTransport } from '../transports/connection-transport.js'
import { headStartMs } from '../transports/head-start.js'
import { ConnectionError } from './connection-error.js'
import type { ConnectionTelemetry } from './connection-telemetry.js'
import type { HttpConnectionManager } from './http-connection-manager.js'
import { InboundQueue } from './inbound-queue.js'
import { StatefulReconnect } from './stateful-reconnect.js'

/**
 * `inactive`: no transport is attached (negotiated only, or between two polls), and the clock of the disconnect time-out runs.
 * `disposed`: it has ended below, and stays registered until the application has ended too.
 * @source HttpConnectionStatus
 */
export type ConnectionStatus = 'inactive' | 'active' | 'disposed'

/**
 * `absent`: no transport has come yet. `starting`: its handler has not returned, or its promise has not resolved. `running`: its receiver goes
 * on. `ended`: it has closed or failed.
 */
type ApplicationState = 'absent' | 'starting' | 'running' | 'ended'

/** One connection over its whole life: what negotiate made, what a transport carries and what the application sees. */
export class HttpConnection implements ConnectionContext, OutboxOwner, PostTaker {
  readonly connectionId: string
  /** The secret in the `id` query value; never logged. Equal to the connection id for version 0. */
  readonly connectionToken: string
  readonly endpoint: ConnectionEndpoint
  /** Of the path it began at. */
  params = noParams
  readonly outbox: Outbox
  /** Undefined where everybody is anonymous. */
  readonly credentials: ConnectionCredentials | undefined
  readonly statefulReconnect: StatefulReconnect | undefined
  readonly #manager: HttpConnectionManager
  status: ConnectionStatus = 'inactive'
  transport: ConnectionTransport | undefined
  #receiver: ConnectionReceiver | undefined
  #application: ApplicationState = 'absent'
  #inbound: InboundQueue | undefined
  #posts: PostQueue | undefined
  #isPaused = false
  /** What has waited is being read; what comes meanwhile waits behind it. */
  #isHandingOver = false
  #inputEnded = false
  /** The end that waits for a receiver to be told. */
  #untoldEnd: { readonly error: Error | undefined; readonly graceful: boolean } | undefined
  /** When it became inactive, or its input ended. */
  #lastSeen: number
  /** Of the first transport. */
  #startedAt = 0
  #isTimedOut = false

  constructor(
    manager: HttpConnectionManager,
    endpoint: ConnectionEndpoint,
    connectionId: string,
    connectionToken: string,
    isStateful: boolean,
  ) {
    this.#manager = manager
    this.endpoint = endpoint
    this.connectionId = connectionId
    this.connectionToken = connectionToken
    this.#lastSeen = manager.clock.now()
    this.outbox = new Outbox(this)
    this.credentials =
      endpoint.authentication === undefined ? undefined : new ConnectionCredentials(endpoint.authentication)
    this.statefulReconnect = isStateful ? new StatefulReconnect(endpoint.options.maximumPendingSendBytes) : undefined
  }

  get features(): ConnectionFeatures {
    if (this.transport === undefined) throw new Error('The connection has no transport yet.')
    return this.transport
  }

  get posts(): PostQueue {
    this.#posts ??= new PostQueue(this.endpoint.options.maximumPendingReceiveBytes, this)
    return this.#posts
  }

  get hasApplicationEnded(): boolean {
    return this.#application === 'ended'
  }

  get isServerShuttingDown(): boolean {
    return this.#manager.isShuttingDown
  }

  get outboxScheduler(): OutboxScheduler {
    return this.#manager.scheduler
  }

  get outboxLimits(): OutboxLimits {
    return this.endpoint.options
  }

  // From the application

  get receiver(): ConnectionReceiver | undefined {
    return this.#receiver
  }

  set receiver(receiver: ConnectionReceiver | undefined) {
    const isLate = this.#receiver === undefined && this.#application === 'starting'
    this.#receiver = receiver
    if (isLate) queueMicrotask(() => this.#catchUp())
  }

  send(bytes: Uint8Array): void {
    // Between two sockets the application keeps what it sends, and sends it again.
    if (!this.#isParked) this.outbox.append(bytes)
  }

  sendShared(bytes: Uint8Array): void {
    if (!this.#isParked) this.outbox.appendShared(bytes)
  }

  sendText(text: string): void {
    if (!this.#isParked) this.outbox.appendText(text)
  }

  get isCongested(): boolean {
    return this.outbox.isCongested
  }

  drained(): Promise<void> | undefined {
    return this.outbox.drained()
  }

  close(error?: unknown): void {
    if (this.#application === 'ended') return
    this.#application = 'ended'
    this.#inbound?.abandon()
    if (this.transport === undefined) this.remove()
    else this.transport.finish(error)
  }

  abort(reason: string): void {
    if (this.status === 'disposed') return
    this.#manager.logger.debug(`Connection ${this.connectionId} aborted: ${reason}`)
    this.status = 'disposed'
    this.outbox.close()
    this.transport?.abort()
    this.endInput(undefined, false)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    const inbound = this.#inbound
    if (inbound === undefined || this.#isHandingOver) return
    this.#isHandingOver = true
    for (let bytes = inbound.shift(); bytes !== undefined; bytes = this.#isPaused ? undefined : inbound.shift())
      if (this.#receiver !== undefined) this.#deliver(this.#receiver, bytes)
    this.#isHandingOver = false
  }

  // From the transport

  /** Lost its socket, and may get another. */
  get #isParked(): boolean {
    return this.status === 'inactive' && this.transport !== undefined && this.statefulReconnect !== undefined
  }

  /** The socket is lost; the connection waits for another one, if it may. @returns false when this is the end. */
  tryPark(): boolean {
    if (this.statefulReconnect?.isEnabled !== true || this.#manager.isShuttingDown) return false
    this.outbox.clear()
    this.deactivate()
    return true
  }

  /** A new socket takes the place of the old one, which is dropped if it still looks alive. */
  resumeOn(transport: ConnectionTransport): void {
    const previous = this.transport
    this.transport = transport
    previous?.abort()
    transport.activeFormat = previous?.activeFormat ?? 'Text'
    transport.user = previous?.user ?? transport.user
    this.status = 'active'
    this.#inbound?.abandon() // the application has not seen it, so the client sends it again
    this.outbox.clear()
    this.outbox.attach(transport as ConnectionTransport & OutboxSink)
    if (!this.#tellReconnected()) this.endInput(undefined, false)
  }

  /** The first request of a transport is there: the application starts. */
  start(transport: ConnectionTransport): void {
    this.transport = transport
    this.status = 'active'
    this.#startedAt = this.#manager.clock.now()
    this.#manager.onAttached(this)
    this.#manager.telemetry?.onStarted?.(transport.transport, this)
    try {
      const starting = this.endpoint.handler(this)
      if (starting === undefined) this.#onStarted()
      else this.#awaitStart(starting)
    } catch (error) {
      this.#fail(error)
    }
  }

  receive(bytes: Uint8Array): void {
    if (this.#inputEnded || this.#application === 'ended') return
    if (this.#receiver !== undefined && !this.#isPaused && !this.#isHandingOver) {
      this.#deliver(this.#receiver, bytes)
      return
    }
    this.#inbound ??= new InboundQueue(this.endpoint.options.applicationMaxBufferSizeBytes)
    this.#inbound.push(bytes)
    const limit = this.endpoint.options.maximumPendingReceiveBytes
    // A WebSocket cannot be held back on every host, so there is a bound to what may wait; others are held back long before it.
    if (this.#inbound.length > limit && this.transport?.canHoldBack === false) {
      this.endInput(
        new ConnectionError(
          'SIGNALR_RECEIVE_BUFFER_FULL',
          `More than ${limit} bytes (maximumPendingReceiveBytes) were received and not read.`,
        ),
        false,
      )
    }
  }

  /** The application has read so much that more may come. */
  get hasRoom(): boolean {
    return this.#inbound === undefined || this.#inbound.hasRoom
  }

  /** Calls back once the application has room for more; at once if it has. @param proceed - gets false when the connection has ended meanwhile. */
  whenRoom(proceed: (isOpen: boolean) => void): void {
    if (this.#inbound === undefined) proceed(true)
    else this.#inbound.whenRoom(proceed)
  }

  /** The server is about to end: the application may finish what is under way. */
  drain(): void {
    if (this.#receiver?.onDraining === undefined) return this.endInput(undefined, false)
    if (this.#inputEnded) return
    try {
      this.#receiver.onDraining()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** No more will come from the peer. Does nothing when that is known already. */
  endInput(error: Error | undefined, graceful: boolean): void {
    if (this.#inputEnded) return
    this.#inputEnded = true
    if (error !== undefined)
      this.#manager.recurringLog.warn(
        error instanceof ConnectionError ? error.code : 'transportFailed',
        `Connection ${this.connectionId} is cut off: ${printable(error.message, 300)}`,
      )
    this.#lastSeen = this.#manager.clock.now()
    if (this.#receiver !== undefined) this.#tellEnd(this.#receiver, error, graceful)
    else if (this.#application === 'starting') this.#untoldEnd = { error, graceful }
    else if (this.#application === 'absent') this.remove()
    else this.close(error)
  }

  /** `features.user` is not what it was. */
  onAuthenticationRefreshed(): void {
    try {
      this.#receiver?.onAuthenticationRefreshed?.()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Long polling: no poll is there, the clock of the disconnect time-out runs. */
  deactivate(): void {
    if (this.status !== 'active') return
    this.status = 'inactive'
    this.#lastSeen = this.#manager.clock.now()
  }

  /** Forgets the connection: its token is unknown from here on. */
  remove(): void {
    this.#dispose()
    this.#manager.remove(this)
  }

  /** The same a moment later, for what its client says twice at once. Until then it is there, and over. */
  removeSoon(): void {
    this.#dispose()
    setTimeout(() => this.#manager.remove(this), headStartMs).unref()
  }

  #dispose(): void {
    this.status = 'disposed'
    this.outbox.close()
    this.#inbound?.abandon()
    this.#posts?.end()
  }

  /** Tells how it ended, unless it never began. */
  reportStop(telemetry: ConnectionTelemetry): void {
    if (this.transport === undefined) return
    const end = this.#manager.isShuttingDown ? 'appShutdown' : 'normalClosure'
    const status = this.#isTimedOut ? 'timeout' : end
    telemetry.onStopped?.(this.transport.transport, status, this.#manager.clock.now() - this.#startedAt, this)
  }

  /** @param mayTimeOut - false: the peer's silence says nothing about it. */
  onHeartbeat(now: number, mayTimeOut: boolean): void {
    if (mayTimeOut) this.#checkTimeouts(now)
    if (this.credentials?.haveExpired === true) this.endInput(undefined, false)
    this.transport?.onHeartbeat(now)
    try {
      this.#receiver?.onHeartbeat?.(now, mayTimeOut)
    } catch (error) {
      this.#fail(error)
    }
  }

  #checkTimeouts(now: number): void {
    const { options, endTimeoutMs } = this.endpoint
    if (this.status === 'inactive' && now - this.#lastSeen > this.#manager.options.disconnectTimeoutMs) this.#reap()
    else if (this.outbox.onHeartbeat() * 1000 > options.transportSendTimeoutMs)
      this.#abortSlowClient('the client takes nothing (transportSendTimeoutMs)')
    if (endTimeoutMs === undefined || !this.#inputEnded || this.#application !== 'running') return
    if (now - this.#lastSeen > endTimeoutMs) this.#forget()
  }

  // To the application: its code may do anything, and nobody but its own connection notices.

  #deliver(receiver: ConnectionReceiver, bytes: Uint8Array): void {
    try {
      const result = receiver.onReceive(bytes)
      if (result !== undefined) this.#watch(result)
    } catch (error) {
      this.#fail(error)
    }
  }

  #tellEnd(receiver: ConnectionReceiver, error: Error | undefined, graceful: boolean): void {
    if (receiver.onEnd === undefined) return this.close(error)
    try {
      const result = receiver.onEnd(error, graceful)
      if (result !== undefined) this.#watch(result)
    } catch (failure) {
      this.#fail(failure)
    }
  }

  #tellReconnected(): boolean {
    try {
      return this.#receiver?.onReconnected?.() === true
    } catch (error) {
      this.#fail(error)
      return false
    }
  }

  #watch(result: Promise<void>): void {
    Promise.resolve(result).catch(error => this.#fail(error))
  }

  /** Its handler takes its time; a receiver it has set already gets what comes meanwhile. */
  #awaitStart(starting: Promise<void>): void {
    if (this.#application === 'absent') this.#application = 'starting'
    this.#catchUp()
    Promise.resolve(starting).then(
      () => this.#onStarted(),
      error => this.#fail(error),
    )
  }

  #onStarted(): void {
    if (this.#application === 'ended') return
    this.#application = 'running'
    if (this.#receiver === undefined) this.close()
    else this.#catchUp()
  }

  /** There is a receiver: it gets what has waited for one. */
  #catchUp(): void {
    if (this.#receiver === undefined || this.#application === 'ended') return
    if (!this.#isPaused) this.resume()
    const end = this.#untoldEnd
    this.#untoldEnd = undefined
    if (end !== undefined) this.#tellEnd(this.#receiver, end.error, end.graceful)
  }

  #fail(cause: unknown): void {
    const { path } = this.endpoint
    const error = cause instanceof Error ? cause : new Error('It threw what is no Error.', { cause })
    const message = `The application at ${path} failed, which ends its connection ${this.connectionId}.`
    this.#manager.recurringLog.error(`applicationFailed ${path}`, message, error)
    const isNews = !this.#inputEnded
    this.#inputEnded = true // before the transport ends, which says the same without the error
    this.close(error)
    if (isNews && this.#receiver !== undefined) this.#tellEnd(this.#receiver, error, false)
  }

  /** The peer is long gone, and the application has not closed. */
  #forget(): void {
    const { path, endTimeoutMs } = this.endpoint
    this.#manager.recurringLog.warn(
      `connectionNotClosed ${path}`,
      `The application at ${path} did not close connection ${this.connectionId} within ${endTimeoutMs} ms of its end: onEnd has to lead to close().`,
    )
    this.close()
  }

  onOutboxOverflow(pendingBytes: number): void {
    this.outbox.close() // no byte may follow the gap
    this.#manager.recurringLog.warn(
      'slowClient',
      `Connection ${this.connectionId} is cut off: ${pendingBytes} bytes are pending, maximumPendingSendBytes allows ${this.endpoint.options.maximumPendingSendBytes}.`,
    )
    // Not here: a send to many connections is under way, and the end of this one runs user code.
    setImmediate(() => this.#abortSlowClient('slow client'))
  }

  #abortSlowClient(reason: string): void {
    if (this.status !== 'disposed' && this.transport !== undefined)
      this.#manager.telemetry?.onSlowClient?.(this.transport.transport, this)
    this.abort(reason)
  }

  #reap(): void {
    this.#isTimedOut = true
    this.status = 'disposed'
    if (this.#application === 'ended') this.remove()
    else this.endInput(undefined, false)
  }
}
