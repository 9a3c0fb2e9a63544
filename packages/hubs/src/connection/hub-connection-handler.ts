import { type ConnectionContext, type ConnectionReceiver, printable } from '@signalbox/abstractions'
import {
  type ByteCursor,
  type CloseMessage,
  type HubProtocol,
  HubProtocolError,
  handshakeSuccess,
  MessageType,
} from '@signalbox/protocol'
import { HubException } from '../authoring/hub-exception.js'
import { messageOf } from '../dispatch/error-message.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import type { HubConnectionTelemetry } from '../hub-telemetry.js'
import type { DisconnectOptions } from '../membership/membership.js'
import { AuthenticationRefreshes } from './authentication-refreshes.js'
import { closeWithError, plainClose, reconnectClose } from './close-message.js'
import { dispatchConnected, dispatchDisconnected } from './dispatch-life-events.js'
import { HubConnection, type HubConnectionLife } from './hub-connection.js'
import { clientTimeout, type HubConnectionTimers } from './hub-connection-timers.js'
import { HubMessageReader } from './hub-message-reader.js'
import type { MessageBuffer } from './message-buffer.js'
import type { ReceiveLoop, ReceiveLoopReader } from './receive-loop.js'

/** What client and server have agreed on. */
export interface HandshakeOutcome {
  readonly protocol: HubProtocol
  readonly userIdentifier: string | undefined
  /** Present when the connection may be resumed. */
  readonly messageBuffer: MessageBuffer | undefined
}

/** `connecting`: `onConnected` runs, nothing is read. `open`: messages are dispatched. `ended`: nothing is read or written any more. */
type Phase = 'connecting' | 'open' | 'ended'

/** The life of one hub connection, from its handshake to its end. @source HubConnectionHandler */
export class HubConnectionHandler implements ConnectionReceiver, HubConnectionLife, ReceiveLoopReader {
  readonly #connection: ConnectionContext
  readonly #dispatcher: HubDispatcher
  readonly #loop: ReceiveLoop
  readonly #timers: HubConnectionTimers
  readonly #context: HubConnection
  readonly #reader: HubMessageReader
  #phase: Phase = 'connecting'
  #refreshes: AuthenticationRefreshes | undefined
  #hasConnected = false
  #isLeaving = false
  #isDraining = false
  #endError: Error | undefined

  constructor(
    connection: ConnectionContext,
    dispatcher: HubDispatcher,
    loop: ReceiveLoop,
    timers: HubConnectionTimers,
    { protocol, userIdentifier, messageBuffer }: HandshakeOutcome,
  ) {
    this.#connection = connection
    this.#dispatcher = dispatcher
    this.#loop = loop
    this.#timers = timers
    this.#context = new HubConnection(connection, protocol, userIdentifier, dispatcher.runtime, this)
    this.#context.messageBuffer = messageBuffer
    this.#reader = new HubMessageReader(this.#context, dispatcher, loop, timers)
  }

  // From the connection

  onReceive(bytes: Uint8Array): void {
    if (this.#phase !== 'ended') this.#loop.receive(bytes)
  }

  onEnd(error: Error | undefined, graceful: boolean): void {
    if (this.#phase === 'ended') return
    if (error !== undefined) this.fail(error)
    // Calls sent before a goodbye still run, as in .NET; one who merely vanished waits for nothing.
    else if (graceful && this.#loop.isPaused) this.#isLeaving = true
    else this.#endOfInput()
  }

  onDraining(): void {
    this.#isDraining = true
    this.#leaveWhenIdle()
  }

  onReconnected(): boolean {
    this.#loop.clear() // what was not read is not acknowledged either: the client sends it again, whole
    if (this.#phase === 'ended' || this.#context.messageBuffer?.canResume !== true) return false
    this.#context.resume()
    return true
  }

  onAuthenticationRefreshed(): void {
    if (this.#phase === 'ended') return
    this.#refreshes ??= new AuthenticationRefreshes(this.#context, this.#dispatcher)
    this.#refreshes.add()
    if (this.#phase === 'open') this.#refreshes.tellNext()
  }

  onHeartbeat(now: number, mayTimeOut: boolean): void {
    const { options } = this.#dispatcher
    if (this.#phase === 'ended') return
    if (this.#isLeaving) {
      if (mayTimeOut && this.#timers.isFarewellOver(now)) this.#endOfInput()
    } else {
      this.#timers.keepAlive(now, this.#context, options)
      if (!mayTimeOut || !this.#timers.isClientLate(now, this.#loop.isPaused, options)) return
      this.#dispatcher.runtime.refusals.clientTimedOut(options)
      this.fail(clientTimeout())
    }
  }

  // From the hub connection

  abort({ reason, allowReconnect = false }: DisconnectOptions = {}): void {
    this.#end({ type: MessageType.Close, error: reason, allowReconnect }, undefined)
  }

  onWriteFailure(error: unknown): void {
    const { descriptor, recurringLog } = this.#dispatcher.runtime
    const { name } = descriptor
    recurringLog.error(`writeFailed ${name}`, `${name}: a message could not be written.`, error)
    this.fail(error)
  }

  onReady(): void {
    if (this.#phase !== 'open') return
    this.#refreshes?.tellNext() // before a call that waits: it shall find what the hub makes of the new claims
    try {
      this.#reader.onReady()
    } catch (error) {
      this.#refuseInput(error)
    }
  }

  onCallEnded(): void {
    if (this.#isDraining) queueMicrotask(() => this.#leaveWhenIdle())
  }

  // Reading

  readFrom(cursor: ByteCursor): void {
    try {
      if (this.#phase !== 'open') return
      const close = this.#reader.readFrom(cursor)
      if (close !== undefined)
        this.#end(plainClose, close.error === undefined ? undefined : new HubException(printable(close.error, 1_000)))
    } catch (error) {
      this.#refuseInput(error)
    }
  }

  onCaughtUp(): void {
    if (this.#isLeaving && this.#phase === 'open') this.#endOfInput()
    else if (this.#isDraining) this.#leaveWhenIdle()
  }

  // Connecting

  /** Answers the handshake and tells manager and hub; nothing is read before that is done. */
  connect(telemetry: HubConnectionTelemetry | undefined): void {
    const context = this.#context
    context.telemetry = telemetry
    this.#reader.pause()
    this.#dispatcher.runtime.hooks.onConnected?.(context)
    this.#connection.features.activeFormat = context.protocol.transferFormat
    // The answer is first in the outbox, and leaves it only after the connection is registered: nothing precedes it, nothing is missed.
    context.writeBytes(handshakeSuccess)
    let connected: void | Promise<void>
    try {
      connected = dispatchConnected(this.#dispatcher, context)
    } catch (error) {
      this.#onConnectFailed(error)
      return
    }
    if (connected === undefined) this.#onConnected()
    else
      Promise.resolve(connected).then(
        () => this.#onConnected(),
        error => this.#onConnectFailed(error),
      )
  }

  #onConnected(): void {
    this.#hasConnected = true
    if (this.#phase === 'ended') {
      void this.#disconnect()
      return
    }
    this.#phase = 'open'
    this.#refreshes?.tellNext()
    this.#reader.resume()
    if (this.#isDraining) this.#leaveWhenIdle()
  }

  #onConnectFailed(error: unknown): void {
    const { descriptor, failures } = this.#dispatcher.runtime
    failures.failed(`${descriptor.name}.onConnected`, error)
    if (this.#phase === 'ended') void this.#disconnect()
    else {
      this.#phase = 'open' // connecting is over, so the end need not wait for it
      this.#end(closeWithError(error, false, this.#dispatcher.options), undefined)
    }
  }

  // End

  /** The server drains: the client goes once every call it has made is answered. */
  #leaveWhenIdle(): void {
    if (this.#phase === 'open' && !this.#loop.isPaused && !this.#context.isBusy) this.#end(reconnectClose, undefined)
  }

  #endOfInput(): void {
    if (this.#loop.hasUnread && !this.#loop.isPaused)
      this.fail(new HubProtocolError('Connection terminated while reading a message.'))
    else this.#end(reconnectClose, undefined)
  }

  #refuseInput(error: unknown): void {
    const { runtime, options } = this.#dispatcher
    runtime.refusals.inputRefused(error, options)
    this.fail(error)
  }

  fail(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(messageOf(error))
    this.#end(closeWithError(error, true, this.#dispatcher.options), cause)
  }

  #end(close: CloseMessage, error: Error | undefined): void {
    if (this.#phase === 'ended') return
    const isConnecting = this.#phase === 'connecting'
    this.#phase = 'ended'
    this.#endError = error
    this.#loop.clear()
    this.#context.writeCloseAndAbort(close)
    // Not from within the hub method that aborted: `onDisconnected` is user code too.
    if (!isConnecting) queueMicrotask(() => void this.#disconnect())
  }

  async #disconnect(): Promise<void> {
    const failure = await dispatchDisconnected(this.#dispatcher, this.#context, this.#hasConnected, this.#endError)
    this.#dispatcher.runtime.hooks.onDisconnected?.(this.#context, this.#endError)
    this.#connection.close(failure)
  }
}
