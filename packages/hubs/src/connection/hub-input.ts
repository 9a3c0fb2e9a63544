import { type ConnectionContext, ReceiveBuffer } from '@signalbox/abstractions'
import {
  type ByteCursor,
  type CloseMessage,
  HubProtocolError,
  MessageType,
  type ReceivedMessage,
} from '@signalbox/protocol'
import type { Dispatched, HubDispatcher } from '../dispatch/hub-dispatcher.js'
import { admit } from '../dispatch/message-gate.js'
import type { CallMessage } from '../hub-extension.js'
import { MessageTooLargeError } from './connection-errors.js'
import type { HubConnection } from './hub-connection.js'
import type { HubConnectionTimers } from './hub-connection-timers.js'

/** Who is told what comes of the messages of a connection. */
export interface HubInputOwner {
  /** Everything that has come is read, or waits for the rest of a message. */
  onCaughtUp(): void
  /** The client says that it ends the connection. */
  onCloseMessage(message: CloseMessage): void
  /** Something has come that ends the connection. */
  onInputRefused(error: unknown): void
}

// Why no message may be read now, as bits.
/** `onConnected` has not been done. */
const connecting = 1
/**
 * A message has no slot, its stream is full, its gate has not decided or its arguments are being checked: what follows
 * it waits, so order is kept.
 */
const waiting = 2
/** Other connections have their turn. */
const yielding = 4
/** The connection has ended. */
const ended = 8

/** How long the messages of one piece may keep all other connections waiting. */
const longestSliceMs = 10
/** Between two looks at the clock. A piece of fewer messages than this costs none. */
const messagesPerLook = 8
/**
 * A host may be unable to hold the client back meanwhile: with more than this unread, to read on matters more than
 * others' turns.
 */
const mostUnreadBytes = 1_048_576

/**
 * The way in of one connection: bytes, in whatever pieces they come, to messages, each to its dispatcher, one after the
 * other. It alone decides whether the next message may be read now. While it may not, what came with the piece under
 * way waits here, and what comes later waits in the connection, which holds the client back.
 * @source HubConnectionHandler.DispatchMessagesAsync
 */
export class HubInput {
  readonly #connection: ConnectionContext
  readonly #hub: HubConnection
  readonly #dispatcher: HubDispatcher
  readonly #timers: HubConnectionTimers
  readonly #owner: HubInputOwner
  #unread: ReceiveBuffer | undefined
  /** Why no message may be read; 0 when one may. */
  #held = connecting
  #isReading = false
  /** The connection was told to hold the client back. */
  #holdsBack = false
  /** What is dispatched again as soon as it may fit. */
  #waitingMessage: CallMessage | undefined
  /** Of the message that was read last, framing included. */
  #messageBytes = 0
  /** Messages read since the piece came, or since others had their turn. */
  #messages = 0
  #sliceStartedAt = 0

  constructor(
    connection: ConnectionContext,
    hub: HubConnection,
    dispatcher: HubDispatcher,
    timers: HubConnectionTimers,
    owner: HubInputOwner,
  ) {
    this.#connection = connection
    this.#hub = hub
    this.#dispatcher = dispatcher
    this.#timers = timers
    this.#owner = owner
  }

  /** No message may be read now. */
  get isPaused(): boolean {
    return this.#held !== 0
  }

  /** Some message keeps all that follows it from being read, or the connection has not begun. */
  get isWaiting(): boolean {
    return (this.#held & (connecting | waiting)) !== 0
  }

  /** Part of a message, or messages that may not be read yet. */
  get hasUnread(): boolean {
    return this.#unread !== undefined && this.#unread.length > 0
  }

  receive(bytes: Uint8Array): void {
    if (this.#held === 0) this.#messages = 0
    const unread = this.#unread
    if (unread !== undefined && unread.length > 0) {
      unread.append(bytes)
      if (unread.length > mostUnreadBytes) this.#held &= ~yielding
      this.#readUnread()
    } else {
      const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const read = this.#held === 0 ? this.#read(buffer) : 0
      if (read < buffer.length && (this.#held & ended) === 0) {
        this.#unread ??= new ReceiveBuffer()
        this.#unread.append(read === 0 ? buffer : buffer.subarray(read))
      }
    }
    this.#letIn()
  }

  /** What has come is lost, with its socket. */
  clear(): void {
    this.#unread = undefined
  }

  // Whether the next message may be read

  /** `onConnected` takes its time. */
  pause(): void {
    this.#hold(connecting)
  }

  /** `onConnected` is done. */
  open(): void {
    this.#release(connecting)
  }

  /** What a message waits for is there, perhaps. */
  onReady(): void {
    const message = this.#waitingMessage
    if (message === undefined) return
    this.#waitingMessage = undefined
    try {
      const dispatched = this.#dispatcher.dispatch(this.#hub, message, this.#messageBytes)
      if (dispatched === 'done') this.#release(waiting)
      else this.#awaitTurn(message, dispatched)
    } catch (error) {
      this.#owner.onInputRefused(error)
    }
  }

  /** The connection has ended: nothing is kept. */
  end(): void {
    this.#held |= ended
    this.#unread = undefined
    this.#waitingMessage = undefined
  }

  #hold(reason: typeof connecting | typeof waiting): void {
    this.#held |= reason
    this.#holdsBack = true
    this.#connection.pause()
    this.#hub.output.messageBuffer?.releaseWaiters()
  }

  /** From within a message it only ends the pause: the read under way goes on by itself. */
  #release(reason: typeof connecting | typeof waiting | typeof yielding): void {
    this.#held &= ~reason
    if (this.#isReading || (this.#held & ended) !== 0) return
    this.#readUnread()
    this.#letIn()
  }

  /**
   * Behind everything that is here: lets in what waits below. What comes while others have their turn is taken in, lest
   * the connection call it too much.
   */
  #letIn(): void {
    if (this.#isReading || this.isWaiting) return
    if (this.#holdsBack) {
      this.#holdsBack = false
      this.#connection.resume()
    }
    if (this.#held === 0) this.#owner.onCaughtUp()
  }

  /** @returns true when others have their turn; this connection goes on by itself behind it. */
  #isSliceOver(unreadBytes: number): boolean {
    if (++this.#messages % messagesPerLook !== 0) return false
    const now = this.#dispatcher.runtime.clock.now()
    if (this.#messages === messagesPerLook) this.#sliceStartedAt = now
    if (now - this.#sliceStartedAt <= longestSliceMs || unreadBytes > mostUnreadBytes) return false
    this.#held |= yielding
    setImmediate(() => {
      this.#messages = 0
      this.#release(yielding)
    })
    return true
  }

  // Messages

  #readUnread(): void {
    const unread = this.#unread
    if (unread === undefined || unread.length === 0 || this.#held !== 0) return
    const read = this.#read(unread.bytes)
    if (read > 0) unread.consume(read)
  }

  /** Reads until there is no whole message left, or none may be read. @returns how many bytes have been read. */
  #read(bytes: Buffer): number {
    const hub = this.#hub
    const { protocol } = hub
    const { messageBuffer } = hub.output
    const { hooks, manager } = this.#dispatcher.runtime
    const { onMessageReceived, admitMessage } = hooks
    const limit = this.#dispatcher.options.maximumReceiveMessageSizeBytes
    const { length } = bytes
    const cursor: ByteCursor = { bytes, offset: 0, end: length }
    let start = 0
    this.#isReading = true
    try {
      while (cursor.offset < length && this.#held === 0) {
        if (this.#isSliceOver(length - cursor.offset)) break
        // The limit counts one message with its framing, so the protocol is offered no more than that.
        start = cursor.offset
        cursor.end = Math.min(length, start + limit)
        const message = protocol.tryParseMessage(cursor, manager.clientResults)
        if (message === undefined) {
          if (cursor.offset > start) continue // past messages of unknown type; there may be room for a known one now
          if (length - cursor.offset > limit) throw new MessageTooLargeError(limit)
          break
        }
        this.#timers.hasReceived = true
        this.#messageBytes = cursor.offset - start
        if (onMessageReceived !== undefined) onMessageReceived(hub, message, bytes.subarray(start, cursor.offset))
        if (!isCallMessage(message)) this.#takeOwn(message)
        else if (messageBuffer !== undefined && !messageBuffer.tryReceive())
          continue // it has come before
        else if (admitMessage === undefined || this.#isAdmitted(message)) {
          const dispatched = this.#dispatcher.dispatch(hub, message, this.#messageBytes)
          if (dispatched !== 'done') this.#awaitTurn(message, dispatched)
        }
      }
    } catch (error) {
      if (error instanceof HubProtocolError) hooks.onMalformed?.(hub, error, bytes.subarray(start))
      this.#owner.onInputRefused(error)
    }
    this.#isReading = false
    return cursor.offset
  }

  /** About the connection itself. @throws what closes it. */
  #takeOwn(message: Exclude<ReceivedMessage, CallMessage>): void {
    const { messageBuffer } = this.#hub.output
    switch (message.type) {
      case MessageType.Ping:
        this.#timers.isPingedByClient = true
        return
      case MessageType.Close:
        this.#owner.onCloseMessage(message)
        return
      // Both mean nothing without stateful reconnect.
      case MessageType.Ack:
        messageBuffer?.acknowledge(message.sequenceId)
        return
      case MessageType.Sequence:
        messageBuffer?.resumeAt(message.sequenceId)
    }
  }

  /** Asks the gate. @returns false also for a message that it lets wait. @throws what closes the connection. */
  #isAdmitted(message: CallMessage): boolean {
    const admitted = admit(this.#dispatcher, this.#hub, message)
    if (typeof admitted === 'boolean') return admitted
    this.#hold(waiting)
    admitted.then(
      passes => {
        if ((this.#held & ended) !== 0) return
        if (!passes) return this.#release(waiting)
        this.#waitingMessage = message
        this.onReady()
      },
      error => this.#owner.onInputRefused(error),
    )
    return false
  }

  #awaitTurn(message: CallMessage, dispatched: Exclude<Dispatched, 'done'>): void {
    if (dispatched === 'wait') this.#waitingMessage = message
    else void dispatched.then(() => this.#release(waiting))
    this.#hold(waiting)
  }
}

/**
 * Messages about calls, readable or not, are numbered for a reconnect; those that only keep the connection going are
 * not.
 */
const isCallMessage = (message: ReceivedMessage): message is CallMessage =>
  typeof message.type === 'string' || message.type <= MessageType.CancelInvocation
