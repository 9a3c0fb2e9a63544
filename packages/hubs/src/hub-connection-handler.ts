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
import { errorMessage, messageOf, type NamedException } from './error-message.js'
import { HubConnectionContext, type HubConnectionLife } from './hub-connection-context.js'
import type { HubDispatcher } from './hub-dispatcher.js'
import { HubException } from './hub-exception.js'
import { throughConnectedFilters, throughDisconnectedFilters } from './hub-filter.js'
import { chooseProtocol } from './hub-handshake.js'
import { HubLifeScope } from './hub-life-scope.js'
import { type HubConnectionTelemetry, runActivity } from './hub-telemetry.js'
import { MessageBuffer } from './message-buffer.js'
import { ReceiveBuffer } from './receive-buffer.js'

/** How long calls that a client sent before it said goodbye may take to get their turn. */
const farewellMs = 15_000

/** Types 1 to 5, readable or not, are numbered; what only keeps the connection going is not. */
const isSequenced = (message: ReceivedMessage): boolean =>
  typeof message.type === 'string' || message.type <= MessageType.CancelInvocation

class NoSuchStreamError extends Error implements NamedException {
  readonly exceptionType = 'KeyNotFoundException'
}

/**
 * `handshake`: nothing but a handshake request is read. `connecting`: `onConnected` runs, nothing is read. `open`: messages are dispatched.
 * `ended`: nothing is read or written any more.
 */
type Phase = 'handshake' | 'connecting' | 'open' | 'ended'

/** The life of one hub connection: handshake, receive loop, timers, end. @source HubConnectionHandler */
export class HubConnectionHandler implements ConnectionReceiver, HubConnectionLife {
  readonly #connection: ConnectionContext
  readonly #dispatcher: HubDispatcher
  readonly #telemetry: HubConnectionTelemetry | undefined
  #phase: Phase = 'handshake'
  #context: HubConnectionContext | undefined
  /** What was received and not read yet: part of a message, or what waits behind `#waiting`. */
  #unread: ReceiveBuffer | undefined
  /** A call that has no slot, or an item whose stream is full; nothing behind it is read until it fits, so order is kept. */
  #waiting: ReceivedMessage | undefined
  #isPaused = false
  /** Set while messages are read: what ends a wait meanwhile is seen to when they are. */
  #isReading = false
  #hasConnected = false
  #isLeaving = false
  #leavingSince: number | undefined
  #endError: Error | undefined
  readonly #startedAt: number
  #lastPingAt: number
  #hasReceived = true
  #isPingedByClient = false
  #lastReceivedAt = 0

  constructor(connection: ConnectionContext, dispatcher: HubDispatcher) {
    this.#connection = connection
    this.#dispatcher = dispatcher
    this.#telemetry = dispatcher.runtime.telemetry?.watch(dispatcher.runtime.descriptor.name, connection)
    this.#startedAt = dispatcher.runtime.clock.now()
    this.#lastPingAt = this.#startedAt
  }

  // From the connection

  onReceive(bytes: Uint8Array): void {
    if (this.#phase === 'ended') return
    if (this.#unread !== undefined && this.#unread.length > 0) {
      this.#unread.append(bytes)
      this.#goOn()
      return
    }
    const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const read = this.#read(buffer)
    if (read < buffer.length && (this.#phase as Phase) !== 'ended') {
      this.#unread ??= new ReceiveBuffer()
      this.#unread.append(read === 0 ? buffer : buffer.subarray(read))
    }
    this.#settle()
  }

  onEnd(error: Error | undefined, graceful: boolean): void {
    if (this.#phase === 'ended') return
    if (this.#phase === 'handshake') {
      this.#phase = 'ended'
      this.#connection.close()
    } else if (error !== undefined) this.#fail(error)
    // Calls sent before a goodbye still run, as in .NET; one who merely vanished waits for nothing.
    else if (graceful && this.#isBlocked) this.#isLeaving = true
    else this.#endOfInput()
  }

  onReconnected(): boolean {
    const context = this.#context
    // Before the handshake there is nothing to resume: it simply comes on the new transport.
    if (context === undefined) return this.#phase === 'handshake'
    if (this.#phase === 'ended' || context.messageBuffer?.canResume !== true) return false
    context.resume()
    return true
  }

  onHeartbeat(now: number): void {
    if (this.#phase === 'ended') return
    if (this.#phase === 'handshake') {
      if (now - this.#startedAt >= this.#dispatcher.options.handshakeTimeoutMs)
        this.#refuseHandshake('Handshake was canceled.')
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
    this.#end({ type: MessageType.Close, error: undefined, allowReconnect: false }, undefined)
  }

  onWriteFailure(error: unknown): void {
    this.#dispatcher.runtime.logger.error(
      `${this.#dispatcher.runtime.descriptor.name}: a message could not be written.`,
      error,
    )
    this.#fail(error)
  }

  onReady(): void {
    const waiting = this.#waiting
    if (waiting === undefined || this.#phase !== 'open') return
    this.#waiting = undefined
    try {
      this.#dispatch(waiting)
    } catch (error) {
      this.#fail(error)
    }
    if (this.#waiting === undefined) this.#goOn()
  }

  // Receive loop

  get #isBlocked(): boolean {
    return this.#phase === 'connecting' || this.#waiting !== undefined
  }

  #goOn(): void {
    if (this.#isReading) return
    this.#readUnread()
    this.#settle()
  }

  /** Behind everything that was read: lets in what waits below, or lets a client go that has said goodbye. */
  #settle(): void {
    if (this.#isReading || this.#isBlocked || this.#phase !== 'open') return
    if (this.#isPaused) {
      this.#isPaused = false
      this.#connection.resume()
    }
    if (this.#isLeaving && !this.#isBlocked && this.#phase === 'open') this.#endOfInput()
  }

  #pause(): void {
    this.#isPaused = true
    this.#connection.pause()
  }

  #readUnread(): void {
    const unread = this.#unread
    if (unread === undefined || unread.length === 0) return
    const read = this.#read(unread.bytes)
    if (read > 0) unread.consume(read)
  }

  /** @returns how many bytes have been read. */
  #read(bytes: Buffer): number {
    const cursor: ByteCursor = { bytes, offset: 0, end: bytes.length }
    this.#isReading = true
    try {
      if (this.#phase === 'handshake') this.#readHandshake(cursor)
      if (this.#phase === 'open') this.#readMessages(cursor)
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#isReading = false
    }
    return cursor.offset
  }

  #readMessages(cursor: ByteCursor): void {
    const { protocol } = this.#context!
    const length = cursor.bytes.length
    const limit = this.#dispatcher.options.maximumReceiveMessageSizeBytes
    while (cursor.offset < length && this.#phase === 'open' && this.#waiting === undefined) {
      // The limit counts one message with its framing, so the protocol is offered no more than that.
      const start = cursor.offset
      cursor.end = Math.min(length, start + limit)
      const message = protocol.tryParseMessage(cursor)
      if (message === undefined) {
        if (cursor.offset > start) continue // past messages of unknown type; there may be room for a known one now
        if (length - cursor.offset > limit)
          throw new HubProtocolError(
            `The maximum message size of ${limit}B was exceeded. The message size can be configured in AddHubOptions.`,
          )
        return
      }
      this.#hasReceived = true
      if (isSequenced(message) && this.#context?.messageBuffer?.tryReceive() === false) continue
      this.#dispatch(message)
    }
  }

  /** @throws what closes the connection. */
  #dispatch(message: ReceivedMessage): void {
    const context = this.#context!
    switch (message.type) {
      case MessageType.Invocation:
      case MessageType.StreamInvocation:
        if (!this.#dispatcher.tryDispatch(context, message)) this.#waitWith(message)
        return
      case MessageType.StreamItem: {
        if (message.invocationId === '') throw new NoSuchStreamError(`No stream with id '' could be found.`)
        const upload = context.findUpload(message.invocationId)
        if (upload !== undefined && !upload.tryPush(message.item, context.onUploadRoom)) this.#waitWith(message)
        return
      }
      case MessageType.Completion: {
        const upload = context.findUpload(message.invocationId)
        if (upload === undefined) this.#dispatcher.runtime.manager.setConnectionResult(context.connectionId, message)
        else {
          context.removeUpload(message.invocationId)
          upload.complete(message.error === undefined ? undefined : new HubException(message.error))
        }
        return
      }
      case MessageType.CancelInvocation:
        context.findStream(message.invocationId)?.cancel()
        return
      case 'invocationBindingFailure':
        this.#dispatcher.failBinding(context, message.invocationId, message.target, message.error)
        return
      case 'streamBindingFailure':
        context.findUpload(message.streamId)?.complete(this.#dispatcher.streamBindingError(message.error))
        context.removeUpload(message.streamId)
        return
      case MessageType.Ping:
        this.#isPingedByClient = true
        return
      case MessageType.Close:
        this.#end(
          { type: MessageType.Close, error: undefined, allowReconnect: false },
          message.error === undefined ? undefined : new HubException(message.error),
        )
        return
      // Both mean nothing without stateful reconnect.
      case MessageType.Ack:
        context.messageBuffer?.acknowledge(message.sequenceId)
        return
      case MessageType.Sequence:
        context.messageBuffer?.resumeAt(message.sequenceId)
        return
    }
  }

  #waitWith(message: ReceivedMessage): void {
    this.#waiting = message
    this.#pause()
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
    this.#pause()
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
    const hub = this.#dispatcher.createHub(new HubLifeScope(context, true))
    const { filters } = this.#dispatcher.options
    if (filters.length === 0) return hub.onConnected()
    return throughConnectedFilters(filters, context.callerContext, () => hub.onConnected())
  }

  async #callOnDisconnected(context: HubConnectionContext): Promise<void> {
    const hub = this.#dispatcher.createHub(new HubLifeScope(context, false))
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
    this.#goOn()
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
    if (
      this.#connection.features.hasInherentKeepAlive ||
      now - this.#lastPingAt <= this.#dispatcher.options.keepAliveIntervalMs
    )
      return
    this.#lastPingAt = now
    const context = this.#context!
    // A peer that does not take what it is owed needs no ping on top.
    if (context.drained() === undefined) context.writeMessage(pingMessage)
  }

  #checkClientTimeout(now: number): void {
    // Messages only leave a flag; the clock is read here, so a time-out fires up to a second late, as in .NET.
    if (this.#hasReceived || this.#isBlocked) {
      this.#hasReceived = false
      this.#lastReceivedAt = now
    } else if (this.#isPingedByClient && now - this.#lastReceivedAt >= this.#dispatcher.options.clientTimeoutIntervalMs)
      this.#fail(
        new HubProtocolError(
          "Client hasn't sent a message/ping within the configured ClientTimeoutInterval.",
          'OperationCanceledException',
        ),
      )
  }

  // End

  #endOfInput(): void {
    const isInMidMessage = this.#unread !== undefined && this.#unread.length > 0 && !this.#isBlocked
    if (isInMidMessage) this.#fail(new HubProtocolError('Connection terminated while reading a message.'))
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
    this.#unread = undefined
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
