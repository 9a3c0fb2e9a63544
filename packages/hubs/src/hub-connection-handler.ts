import type { ConnectionContext, ConnectionReceiver } from '@signalbox/abstractions'
import {
  type ByteCursor,
  type CloseMessage,
  HubProtocolError,
  handshakeSuccess,
  MessageType,
  pingMessage,
  type ReceivedMessage,
  tryParseHandshakeRequest,
  writeHandshakeError,
} from '@signalbox/protocol'
import { AuthenticationRefreshes } from './authentication-refreshes.js'
import { type CallMessage, dispatchMessage } from './dispatch-message.js'
import { errorMessage, messageOf } from './error-message.js'
import { HubConnectionContext, type HubConnectionLife } from './hub-connection-context.js'
import { HubConnectionTimers } from './hub-connection-timers.js'
import type { HubDispatcher } from './hub-dispatcher.js'
import { HubException } from './hub-exception.js'
import { throughConnectedFilters, throughDisconnectedFilters } from './hub-filter.js'
import { chooseProtocol } from './hub-handshake.js'
import { HubLifeScope } from './hub-life-scope.js'
import { type HubConnectionTelemetry, runActivity } from './hub-telemetry.js'
import { MessageBuffer } from './message-buffer.js'
import { ReceiveLoop, type ReceiveLoopReader } from './receive-loop.js'

const plainClose: CloseMessage = { type: MessageType.Close, error: undefined, allowReconnect: false }

/** How long calls that a client sent before it said goodbye may take to get their turn. */
const farewellMs = 15_000

/**
 * `handshake`: nothing but a handshake request is read. `connecting`: `onConnected` runs, nothing is read. `open`: messages are dispatched.
 * `ended`: nothing is read or written any more.
 */
type Phase = 'handshake' | 'connecting' | 'open' | 'ended'

/** Types 1 to 5, readable or not, are numbered; what only keeps the connection going is not. */
const isSequenced = (message: ReceivedMessage): boolean =>
  typeof message.type === 'string' || message.type <= MessageType.CancelInvocation

/** The life of one hub connection, from handshake to end. @source HubConnectionHandler */
export class HubConnectionHandler implements ConnectionReceiver, HubConnectionLife, ReceiveLoopReader {
  readonly #connection: ConnectionContext
  readonly #dispatcher: HubDispatcher
  readonly #telemetry: HubConnectionTelemetry | undefined
  readonly #loop: ReceiveLoop
  readonly #timers: HubConnectionTimers
  #phase: Phase = 'handshake'
  #context: HubConnectionContext | undefined
  /** A call that has no slot, or an item whose stream is full; nothing behind it is read until it fits, so order is kept. */
  #waiting: CallMessage | undefined
  /** A call is looked at before it starts; what follows must find its streams. */
  #isStarting = false
  #refreshes: AuthenticationRefreshes | undefined
  #hasConnected = false
  #isLeaving = false
  #leavingSince: number | undefined
  #endError: Error | undefined
  constructor(connection: ConnectionContext, dispatcher: HubDispatcher) {
    this.#connection = connection
    this.#dispatcher = dispatcher
    this.#telemetry = dispatcher.runtime.telemetry?.watch(dispatcher.runtime.descriptor.name, connection)
    this.#loop = new ReceiveLoop(connection, this)
    this.#timers = new HubConnectionTimers(dispatcher.runtime.clock.now())
  }

  // From the connection

  onReceive(bytes: Uint8Array): void {
    if (this.#phase !== 'ended') this.#loop.receive(bytes)
  }

  onEnd(error: Error | undefined, graceful: boolean): void {
    if (this.#phase === 'ended') return
    if (this.#phase === 'handshake') {
      this.#phase = 'ended'
      this.#connection.close()
    } else if (error !== undefined) this.#fail(error)
    // Calls sent before a goodbye still run, as in .NET; one who merely vanished waits for nothing.
    else if (graceful && this.#loop.isPaused) this.#isLeaving = true
    else this.#endOfInput()
  }

  onReconnected(): boolean {
    this.#loop.clear() // what was not read is not acknowledged either: the client sends it again, whole
    const context = this.#context
    // Before the handshake there is nothing to resume: it simply comes on the new transport.
    if (context === undefined) return this.#phase === 'handshake'
    if (this.#phase === 'ended' || context.messageBuffer?.canResume !== true) return false
    context.resume()
    return true
  }

  onAuthenticationRefreshed(): void {
    const context = this.#context
    if (context === undefined || this.#phase === 'ended') return // a hub that has not heard of the connection is told nothing else
    this.#refreshes ??= new AuthenticationRefreshes(context, this.#dispatcher)
    this.#refreshes.add()
    if (this.#phase === 'open') this.#refreshes.tellNext()
  }

  onHeartbeat(now: number): void {
    if (this.#phase === 'ended') return
    if (this.#phase === 'handshake') {
      if (this.#timers.isHandshakeLate(now, this.#dispatcher.options)) this.#refuseHandshake('Handshake was canceled.')
      return
    }
    if (this.#isLeaving) {
      this.#leavingSince ??= now
      if (now - this.#leavingSince >= farewellMs) this.#endOfInput()
      return
    }
    this.#acknowledge()
    this.#keepAlive(now)
    this.#checkClientTimeout(now)
  }

  // From the hub connection

  abort(): void {
    this.#end(plainClose, undefined)
  }

  onWriteFailure(error: unknown): void {
    this.#dispatcher.runtime.logger.error(
      `${this.#dispatcher.runtime.descriptor.name}: a message could not be written.`,
      error,
    )
    this.#fail(error)
  }

  onReady(): void {
    if (this.#phase !== 'open') return
    this.#refreshes?.tellNext() // before a call that waits: it shall find what the hub makes of the new claims
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    try {
      this.#dispatch(waiting)
    } catch (error) {
      this.#fail(error)
    }
    if (this.#waiting === undefined && !this.#isStarting) this.#hold(false)
  }

  // Reading

  readFrom(cursor: ByteCursor): void {
    try {
      if (this.#phase === 'handshake') this.#readHandshake(cursor)
      if (this.#phase === 'open') this.#readMessages(cursor)
    } catch (error) {
      this.#fail(error)
    }
  }

  onCaughtUp(): void {
    if (this.#isLeaving && this.#phase === 'open') this.#endOfInput()
  }

  #readMessages(cursor: ByteCursor): void {
    const { protocol, messageBuffer, runtime } = this.#context!
    const length = cursor.bytes.length
    const limit = this.#dispatcher.options.maximumReceiveMessageSizeBytes
    while (cursor.offset < length && this.#phase === 'open' && !this.#loop.isPaused) {
      // The limit counts one message with its framing, so the protocol is offered no more than that.
      const start = cursor.offset
      cursor.end = Math.min(length, start + limit)
      const message = protocol.tryParseMessage(cursor, runtime.manager)
      if (message === undefined) {
        if (cursor.offset > start) continue // past messages of unknown type; there may be room for a known one now
        if (length - cursor.offset > limit)
          throw new HubProtocolError(
            `The maximum message size of ${limit}B was exceeded. The message size can be configured in AddHubOptions.`,
          )
        return
      }
      this.#timers.hasReceived = true
      if (messageBuffer !== undefined && isSequenced(message) && !messageBuffer.tryReceive()) continue
      this.#process(message)
    }
  }

  /** @throws what closes the connection. */
  #process(message: ReceivedMessage): void {
    switch (message.type) {
      case MessageType.Ping:
        this.#timers.isPingedByClient = true
        return
      case MessageType.Close:
        this.#end(plainClose, message.error === undefined ? undefined : new HubException(message.error))
        return
      // Both mean nothing without stateful reconnect.
      case MessageType.Ack:
        this.#context!.messageBuffer?.acknowledge(message.sequenceId)
        return
      case MessageType.Sequence:
        this.#context!.messageBuffer?.resumeAt(message.sequenceId)
        return
      default:
        this.#dispatch(message)
    }
  }

  /** @throws what closes the connection. */
  #dispatch(message: CallMessage): void {
    const dispatched = dispatchMessage(this.#dispatcher, this.#context!, message)
    if (dispatched === 'done') return
    if (dispatched === 'wait') this.#waiting = message
    else {
      this.#isStarting = true
      void dispatched.then(() => this.#onStarted())
    }
    this.#hold(true)
  }

  #onStarted(): void {
    this.#isStarting = false
    if (this.#phase === 'open') this.#hold(false)
  }

  #hold(isHeld: boolean): void {
    const { messageBuffer } = this.#context!
    if (messageBuffer !== undefined) messageBuffer.isDeaf = isHeld
    if (isHeld) this.#loop.pause()
    else this.#loop.resume()
  }

  // Handshake

  #readHandshake(cursor: ByteCursor): void {
    const limit = this.#dispatcher.options.maximumReceiveMessageSizeBytes
    const length = cursor.bytes.length
    cursor.end = Math.min(length, limit)
    try {
      const request = tryParseHandshakeRequest(cursor)
      if (request === undefined) {
        if (length > limit) this.#refuseHandshake('Handshake was canceled.')
        return
      }
      const choice = chooseProtocol(
        request,
        this.#dispatcher.runtime.protocols,
        this.#dispatcher.options.supportedProtocols,
        this.#connection.features,
      )
      if ('error' in choice) {
        this.#refuseHandshake(choice.error)
        return
      }
      this.#context = new HubConnectionContext(
        this.#connection,
        choice.protocol,
        this.#dispatcher.options.userIdProvider(this.#connection.features),
        this.#dispatcher.runtime,
        this,
      )
      this.#context.telemetry = this.#telemetry
      this.#armStatefulReconnect(this.#context, request.version)
    } catch (error) {
      if (!(error instanceof HubProtocolError)) this.#dispatcher.runtime.logger.error('A hub handshake failed.', error)
      const base = 'An unexpected error occurred during connection handshake.'
      this.#refuseHandshake(errorMessage(base, error, this.#dispatcher.options.enableDetailedErrors))
      return
    }
    cursor.end = length
    this.#connect(this.#context)
  }

  /** A client that asked for it in negotiate and speaks version 2 can resume; for any other it is switched off. */
  #armStatefulReconnect(context: HubConnectionContext, version: number): void {
    const { statefulReconnect } = this.#connection.features
    if (statefulReconnect === undefined) return
    const { statefulReconnectBufferSizeBytes } = this.#dispatcher.options
    if (version < 2) statefulReconnect.disable()
    else
      context.messageBuffer = new MessageBuffer(statefulReconnectBufferSizeBytes, statefulReconnect.maximumBufferBytes)
  }

  #refuseHandshake(error: string): void {
    this.#phase = 'ended'
    this.#connection.send(writeHandshakeError(error))
    this.#connection.close()
  }

  #connect(context: HubConnectionContext): void {
    this.#phase = 'connecting'
    this.#hold(true)
    this.#connection.features.activeFormat = context.protocol.transferFormat
    // The answer is first in the outbox, and leaves it only after the connection is registered: nothing precedes it, nothing is missed.
    context.writeBytes(handshakeSuccess)
    let connected: void | Promise<void>
    try {
      const registered = this.#dispatcher.runtime.manager.onConnected(context)
      connected =
        registered === undefined
          ? this.#watchOnConnected(context)
          : registered.then(() => this.#watchOnConnected(context))
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

  #watchOnConnected(context: HubConnectionContext): void | Promise<void> {
    if (this.#telemetry === undefined) return this.#callOnConnected(context)
    return runActivity(this.#telemetry.startConnected(), () => this.#callOnConnected(context))
  }

  #callOnConnected(context: HubConnectionContext): void | Promise<void> {
    const hub = this.#dispatcher.invoker.createHub(new HubLifeScope(context, 'OnConnectedAsync'))
    const { filters } = this.#dispatcher.options
    if (filters.length === 0) return hub.onConnected()
    return throughConnectedFilters(filters, context.callerContext, () => hub.onConnected())
  }

  async #callOnDisconnected(context: HubConnectionContext): Promise<void> {
    const hub = this.#dispatcher.invoker.createHub(new HubLifeScope(context, 'OnDisconnectedAsync'))
    const { filters } = this.#dispatcher.options
    if (filters.length === 0) await hub.onDisconnected(this.#endError)
    else
      await throughDisconnectedFilters(filters, context.callerContext, this.#endError, error =>
        hub.onDisconnected(error),
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
    this.#hold(false)
  }

  #onConnectFailed(error: unknown): void {
    this.#dispatcher.runtime.logger.error(`${this.#dispatcher.runtime.descriptor.name}.onConnected failed.`, error)
    if (this.#phase === 'ended') void this.#disconnect()
    else {
      this.#phase = 'open' // connecting is over, so the end need not wait for it
      this.#end(this.#closeWith(error, false), undefined)
    }
  }

  // Timers

  /** Once a second at most, and only for what has come since. */
  #acknowledge(): void {
    const sequenceId = this.#context?.messageBuffer?.takeAck()
    if (sequenceId !== undefined) this.#context?.writeMessage({ type: MessageType.Ack, sequenceId })
  }

  #keepAlive(now: number): void {
    if (this.#connection.features.hasInherentKeepAlive) return
    const context = this.#context!
    // A peer that does not take what it is owed needs no ping on top.
    if (this.#timers.isPingDue(now, this.#dispatcher.options) && !context.isCongested) context.writeMessage(pingMessage)
  }

  #checkClientTimeout(now: number): void {
    if (!this.#timers.isClientLate(now, this.#loop.isPaused, this.#dispatcher.options)) return
    const text = "Client hasn't sent a message/ping within the configured ClientTimeoutInterval."
    this.#fail(new HubProtocolError(text, 'OperationCanceledException'))
  }

  // End

  #endOfInput(): void {
    if (this.#loop.hasUnread && !this.#loop.isPaused)
      this.#fail(new HubProtocolError('Connection terminated while reading a message.'))
    else this.#end({ type: MessageType.Close, error: undefined, allowReconnect: true }, undefined)
  }

  #fail(error: unknown): void {
    this.#end(this.#closeWith(error, true), error instanceof Error ? error : new Error(messageOf(error)))
  }

  #closeWith(error: unknown, allowReconnect: boolean): CloseMessage {
    const text = errorMessage('Connection closed with an error.', error, this.#dispatcher.options.enableDetailedErrors)
    return { type: MessageType.Close, error: text, allowReconnect }
  }

  #end(close: CloseMessage, error: Error | undefined): void {
    if (this.#phase === 'ended') return
    const isConnecting = this.#phase === 'connecting'
    this.#phase = 'ended'
    this.#endError = error
    this.#loop.clear()
    this.#waiting = undefined
    this.#context?.writeCloseAndAbort(close)
    // Not from within the hub method that aborted: `onDisconnected` is user code too.
    if (!isConnecting) queueMicrotask(() => void this.#disconnect())
  }

  async #disconnect(): Promise<void> {
    const context = this.#context!
    const { logger, manager, descriptor } = this.#dispatcher.runtime
    let failure: unknown
    if (this.#hasConnected) {
      try {
        if (this.#telemetry === undefined) await this.#callOnDisconnected(context)
        else await runActivity(this.#telemetry.startDisconnected(), () => this.#callOnDisconnected(context))
      } catch (error) {
        failure = error ?? new Error('onDisconnected failed')
        logger.error(`${descriptor.name}.onDisconnected failed.`, error)
      }
    }
    context.endUploads()
    try {
      await manager.onDisconnected(context)
    } catch (error) {
      logger.error(`${descriptor.name}: a connection could not be taken off the lifetime manager.`, error)
    }
    this.#connection.close(failure)
  }
}
