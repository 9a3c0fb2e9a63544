import { type ByteCursor, type CloseMessage, MessageType, type ReceivedMessage } from '@signalbox/protocol'
import { dispatchMessage } from '../dispatch/dispatch-message.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import { admit } from '../dispatch/message-gate.js'
import type { CallMessage } from '../hub-extension.js'
import type { HubConnection } from './hub-connection.js'
import type { HubConnectionTimers } from './hub-connection-timers.js'
import { MessageTooLargeError } from './message-too-large-error.js'
import type { ReceiveLoop } from './receive-loop.js'

/** Types 1 to 5, readable or not, are numbered; what only keeps the connection going is not. */
const isSequenced = (message: ReceivedMessage): boolean =>
  typeof message.type === 'string' || message.type <= MessageType.CancelInvocation

/**
 * Reads the messages of one connection after its handshake and brings each to its call, one after the other: what does not fit yet holds up
 * all that follows.
 * @source HubConnectionHandler.DispatchMessagesAsync
 */
export class HubMessageReader {
  readonly #connection: HubConnection
  readonly #dispatcher: HubDispatcher
  readonly #loop: ReceiveLoop
  readonly #timers: HubConnectionTimers
  /** A call that has no slot, or an item whose stream is full; nothing behind it is read until it fits, so order is kept. */
  #waiting: CallMessage | undefined
  /** A call is looked at before it starts; what follows must find its streams. */
  #isStarting = false

  constructor(connection: HubConnection, dispatcher: HubDispatcher, loop: ReceiveLoop, timers: HubConnectionTimers) {
    this.#connection = connection
    this.#dispatcher = dispatcher
    this.#loop = loop
    this.#timers = timers
  }

  /** Reads until there is no whole message left, or nothing may be read. @returns the client's Close, if that came. @throws what closes the connection. */
  readFrom(cursor: ByteCursor): CloseMessage | undefined {
    const connection = this.#connection
    const { messageBuffer, runtime } = connection
    const { onMessageReceived } = runtime.hooks
    const length = cursor.bytes.length
    const limit = this.#dispatcher.options.maximumReceiveMessageSizeBytes
    while (cursor.offset < length && !connection.isAborted && !this.#loop.isPaused) {
      if (this.#loop.rests(length - cursor.offset)) return undefined
      // The limit counts one message with its framing, so the protocol is offered no more than that.
      const start = cursor.offset
      cursor.end = Math.min(length, start + limit)
      const message = this.#tryParse(cursor)
      if (message === undefined) {
        if (cursor.offset > start) continue // past messages of unknown type; there may be room for a known one now
        if (length - cursor.offset > limit) throw this.#malformed(new MessageTooLargeError(limit), cursor, start)
        return undefined
      }
      this.#timers.hasReceived = true
      connection.messageBytes = cursor.offset - start
      if (onMessageReceived !== undefined)
        onMessageReceived(connection, message, cursor.bytes.subarray(start, cursor.offset))
      if (messageBuffer !== undefined && isSequenced(message) && !messageBuffer.tryReceive()) continue
      if (message.type === MessageType.Close) return message
      this.#process(message)
    }
    return undefined
  }

  /** What a call waited for is there, perhaps. @throws what closes the connection. */
  onReady(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    this.#dispatch(waiting)
    if (this.#waiting === undefined && !this.#isStarting) this.resume()
  }

  /** Nothing is read from here on. */
  pause(): void {
    const { messageBuffer } = this.#connection
    if (messageBuffer !== undefined) messageBuffer.isDeaf = true
    this.#loop.pause()
  }

  resume(): void {
    const { messageBuffer } = this.#connection
    if (messageBuffer !== undefined) messageBuffer.isDeaf = false
    this.#loop.resume()
  }

  /** @throws what closes the connection. */
  #process(message: Exclude<ReceivedMessage, CloseMessage>): void {
    switch (message.type) {
      case MessageType.Ping:
        this.#timers.isPingedByClient = true
        return
      // Both mean nothing without stateful reconnect.
      case MessageType.Ack:
        this.#connection.messageBuffer?.acknowledge(message.sequenceId)
        return
      case MessageType.Sequence:
        this.#connection.messageBuffer?.resumeAt(message.sequenceId)
        return
      default:
        if (this.#connection.runtime.hooks.admitMessage === undefined) this.#dispatch(message)
        else this.#admit(message)
    }
  }

  #tryParse(cursor: ByteCursor): ReceivedMessage | undefined {
    const start = cursor.offset
    const { protocol, runtime } = this.#connection
    try {
      return protocol.tryParseMessage(cursor, runtime.manager.clientResults)
    } catch (error) {
      throw this.#malformed(error, cursor, start)
    }
  }

  #malformed<T>(error: T, { bytes }: ByteCursor, start: number): T {
    const { onMalformed } = this.#connection.runtime.hooks
    if (error instanceof Error) onMalformed?.(this.#connection, error, bytes.subarray(start))
    return error
  }

  #admit(message: CallMessage): void {
    const admitted = admit(this.#dispatcher, this.#connection, message)
    if (admitted === true) this.#dispatch(message)
    if (typeof admitted === 'boolean') return
    this.#isStarting = true
    this.pause()
    admitted.then(
      passes => {
        this.#isStarting = false
        if (this.#connection.isAborted) return
        if (!passes) return this.resume()
        this.#waiting = message
        this.#connection.onReady()
      },
      error => this.#connection.fail(error),
    )
  }

  /** @throws what closes the connection. */
  #dispatch(message: CallMessage): void {
    const dispatched = dispatchMessage(this.#dispatcher, this.#connection, message)
    if (dispatched === 'done') return
    if (dispatched === 'wait') this.#waiting = message
    else {
      this.#isStarting = true
      void dispatched.then(() => this.#onStarted())
    }
    this.pause()
  }

  #onStarted(): void {
    this.#isStarting = false
    if (!this.#connection.isAborted) this.resume()
  }
}
