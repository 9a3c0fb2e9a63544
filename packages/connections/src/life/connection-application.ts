import {
  type ConnectionContext,
  type ConnectionReceiver,
  printable,
  type RecurringLog,
  SignalRError,
} from '@signalbox/abstractions'
import type { ConnectionEndpoint } from '../http/connection-endpoint.js'
import { InboundQueue } from './inbound-queue.js'

export type ConnectionErrorCode = 'SIGNALR_RECEIVE_BUFFER_FULL' | 'SIGNALR_BAD_FRAME'

/** A live transport failed: its connection is closed, nobody else notices. */
export class ConnectionError extends SignalRError {
  override readonly name = 'ConnectionError'
  readonly code: ConnectionErrorCode

  constructor(code: ConnectionErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** The connection an application runs on. */
export interface ApplicationConnection extends ConnectionContext {
  readonly endpoint: ConnectionEndpoint
  readonly recurringLog: RecurringLog
  /** Whether the peer can be kept from sending while the application does not read. */
  readonly canHoldBack: boolean
  /** No more is to come from the peer; the application is told next. */
  onInputEnded(): void
  onApplicationEnded(error: unknown): void
}

/**
 * `absent`: no transport has come yet. `starting`: its handler has not returned, or its promise has not resolved.
 * `running`: its receiver goes on. `ended`: it has closed or failed.
 */
type ApplicationState = 'absent' | 'starting' | 'running' | 'ended'

/**
 * The application on a connection: a hub, or what `mapConnection` was given. It is started, gets what comes in order,
 * and learns of the end once. Its code may do anything: what it throws ends its own connection, and nobody else
 * notices.
 */
export class ConnectionApplication {
  readonly #connection: ApplicationConnection
  #receiver: ConnectionReceiver | undefined
  #state: ApplicationState = 'absent'
  /** What has come and was not read yet. */
  #inbound: InboundQueue | undefined
  #isPaused = false
  /** What has waited is being read; what comes meanwhile waits behind it. */
  #isHandingOver = false
  #inputEnded = false
  /** The end that waits for a receiver to be told. */
  #untoldEnd: { readonly error: Error | undefined; readonly graceful: boolean } | undefined

  constructor(connection: ApplicationConnection) {
    this.#connection = connection
  }

  get hasEnded(): boolean {
    return this.#state === 'ended'
  }

  /** The peer is gone, and it has not closed. */
  get isOverdue(): boolean {
    return this.#inputEnded && this.#state === 'running'
  }

  get receiver(): ConnectionReceiver | undefined {
    return this.#receiver
  }

  set receiver(receiver: ConnectionReceiver | undefined) {
    const isLate = this.#receiver === undefined && this.#state === 'starting'
    this.#receiver = receiver
    if (isLate) queueMicrotask(() => this.#catchUp())
  }

  start(): void {
    try {
      const starting = this.#connection.endpoint.handler(this.#connection)
      if (starting === undefined) this.#onStarted()
      else this.#awaitStart(starting)
    } catch (error) {
      this.#fail(error)
    }
  }

  close(error?: unknown): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.dropUnread()
    this.#connection.onApplicationEnded(error)
  }

  // What comes

  receive(bytes: Uint8Array): void {
    if (this.#inputEnded || this.#state === 'ended') return
    if (this.#receiver !== undefined && !this.#isPaused && !this.#isHandingOver)
      return this.#deliver(this.#receiver, bytes)
    const { applicationMaxBufferSizeBytes, maximumPendingReceiveBytes: limit } = this.#connection.endpoint.options
    this.#inbound ??= new InboundQueue(applicationMaxBufferSizeBytes || limit)
    this.#inbound.push(bytes)
    // A WebSocket cannot be held back on every host, so there is a bound to what may wait; others are held back before
    // it, or at it when the buffer has no mark of its own.
    if (this.#inbound.length <= limit || this.#connection.canHoldBack) return
    const message = `More than ${limit} bytes (maximumPendingReceiveBytes) were received and not read.`
    this.endInput(new ConnectionError('SIGNALR_RECEIVE_BUFFER_FULL', message), false)
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

  /** It has read so much that more may come. */
  get hasRoom(): boolean {
    return this.#inbound === undefined || this.#inbound.hasRoom
  }

  /**
   * Calls back once it has room for more; at once if it has.
   * @param proceed - gets false when the connection has ended meanwhile.
   */
  whenRoom(proceed: (isOpen: boolean) => void): void {
    if (this.#inbound === undefined) proceed(true)
    else this.#inbound.whenRoom(proceed)
  }

  dropUnread(): void {
    this.#inbound?.abandon()
  }

  // What happens

  /** No more will come from the peer. Does nothing when that is known already. */
  endInput(error: Error | undefined, graceful: boolean): void {
    if (this.#inputEnded) return
    this.#inputEnded = true
    if (error !== undefined)
      this.#connection.recurringLog.warn(
        error instanceof ConnectionError ? error.code : 'transportFailed',
        `Connection ${this.#connection.connectionId} is cut off: ${printable(error.message, 300)}`,
      )
    this.#connection.onInputEnded()
    if (this.#receiver !== undefined) this.#tellEnd(this.#receiver, error, graceful)
    else if (this.#state === 'starting') this.#untoldEnd = { error, graceful }
    else this.close(error)
  }

  /** The server is about to end: what is under way may be finished. */
  drain(): void {
    const receiver = this.#receiver
    if (receiver?.onDraining === undefined) return this.endInput(undefined, false)
    if (!this.#inputEnded) this.#guard(() => receiver.onDraining?.())
  }

  /** @returns false when it cannot go on with another socket. */
  onReconnected(): boolean {
    return this.#guard(() => this.#receiver?.onReconnected?.()) === true
  }

  /** `features.user` is not what it was. */
  onAuthenticationRefreshed(): void {
    this.#guard(() => this.#receiver?.onAuthenticationRefreshed?.())
  }

  onHeartbeat(now: number, mayTimeOut: boolean): void {
    try {
      this.#receiver?.onHeartbeat?.(now, mayTimeOut)
    } catch (error) {
      this.#fail(error)
    }
  }

  #guard<T>(call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

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
    const result = this.#guard(() => receiver.onEnd?.(error, graceful))
    if (result !== undefined) this.#watch(result)
  }

  #watch(result: Promise<void>): void {
    Promise.resolve(result).catch(error => this.#fail(error))
  }

  /** Its handler takes its time; a receiver it has set already gets what comes meanwhile. */
  #awaitStart(starting: Promise<void>): void {
    if (this.#state === 'absent') this.#state = 'starting'
    this.#catchUp()
    Promise.resolve(starting).then(
      () => this.#onStarted(),
      error => this.#fail(error),
    )
  }

  #onStarted(): void {
    if (this.#state === 'ended') return
    this.#state = 'running'
    if (this.#receiver === undefined) this.close()
    else this.#catchUp()
  }

  /** There is a receiver: it gets what has waited for one. */
  #catchUp(): void {
    if (this.#receiver === undefined || this.#state === 'ended') return
    if (!this.#isPaused) this.resume()
    const end = this.#untoldEnd
    this.#untoldEnd = undefined
    if (end !== undefined) this.#tellEnd(this.#receiver, end.error, end.graceful)
  }

  #fail(cause: unknown): void {
    const { connectionId, endpoint, recurringLog } = this.#connection
    const error = cause instanceof Error ? cause : new Error('It threw what is no Error.', { cause })
    const message = `The application at ${endpoint.path} failed, which ends its connection ${connectionId}.`
    recurringLog.error(`applicationFailed ${endpoint.path}`, message, error)
    const isNews = !this.#inputEnded
    this.#inputEnded = true // before the transport ends, which says the same without the error
    this.close(error)
    if (isNews && this.#receiver !== undefined) this.#tellEnd(this.#receiver, error, false)
  }
}
