import { type Clock, type ConnectionContext, ReceiveBuffer } from '@signalbox/abstractions'
import type { ByteCursor } from '@signalbox/protocol'

/** Whom a receive loop reads for. */
export interface ReceiveLoopReader {
  /** Reads what it can, moving the cursor, and stops when the loop is paused. Must not throw. */
  readFrom(cursor: ByteCursor): void
  /** Everything that has come is read, or waits for the rest of a message. */
  onCaughtUp(): void
}

/** How long the messages of one piece may keep all other connections waiting. */
const longestSliceMs = 10
/** Between two looks at the clock. A piece of fewer messages than this costs none. */
const messagesPerLook = 8
/** A host may be unable to hold the client back meanwhile: with more than this unread, to read on matters more than others' turns. */
const mostUnreadAtRestBytes = 1_048_576

/**
 * Brings the bytes of a connection to its reader in order, whatever pieces they come in. While it is paused nothing is read: what came with the piece under
 * way waits here, what comes later waits in the connection, which holds the client back. After some milliseconds with many messages it rests for a turn of
 * the event loop, so that other connections are served.
 */
export class ReceiveLoop {
  readonly #connection: ConnectionContext
  readonly #clock: Clock
  /** May be changed, also from within: what is read next goes to another one. */
  reader: ReceiveLoopReader
  #unread: ReceiveBuffer | undefined
  #isReading = false
  #isPaused = false
  /** The connection was told to wait. */
  #isHeld = false
  #isResting = false
  /** Messages read since the piece came, or since the last rest. */
  #messages = 0
  #sliceStartedAt = 0

  constructor(connection: ConnectionContext, reader: ReceiveLoopReader, clock: Clock) {
    this.#connection = connection
    this.reader = reader
    this.#clock = clock
  }

  get isPaused(): boolean {
    return this.#isPaused || this.#isResting
  }

  /** Part of a message, or what waits while the loop is paused. */
  get hasUnread(): boolean {
    return this.#unread !== undefined && this.#unread.length > 0
  }

  receive(bytes: Uint8Array): void {
    if (!this.isPaused) this.#messages = 0
    if (this.#unread !== undefined && this.#unread.length > 0) {
      this.#unread.append(bytes)
      if (this.#unread.length > mostUnreadAtRestBytes) this.#isResting = false
      this.#readUnread()
    } else {
      const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const read = this.#read(buffer)
      if (read < buffer.length) {
        this.#unread ??= new ReceiveBuffer()
        this.#unread.append(read === 0 ? buffer : buffer.subarray(read))
      }
    }
    this.#settle()
  }

  pause(): void {
    this.#isPaused = true
    this.#isHeld = true
    this.#connection.pause()
  }

  /** Reads on. From within the reader it only ends the pause: the read under way goes on by itself. */
  resume(): void {
    this.#isPaused = false
    if (this.#isReading) return
    this.#readUnread()
    this.#settle()
  }

  /**
   * Asked before each message.
   * @param unreadBytes - of the piece.
   * @returns true when it is the turn of others: the loop is paused then, and goes on by itself.
   */
  rests(unreadBytes: number): boolean {
    if (++this.#messages % messagesPerLook !== 0) return false
    const now = this.#clock.now()
    if (this.#messages === messagesPerLook) this.#sliceStartedAt = now
    if (now - this.#sliceStartedAt <= longestSliceMs || unreadBytes > mostUnreadAtRestBytes) return false
    this.#isResting = true
    setImmediate(() => this.#endRest())
    return true
  }

  #endRest(): void {
    this.#isResting = false
    this.#messages = 0
    this.#readUnread()
    this.#settle()
  }

  /** The end: nothing is kept. */
  clear(): void {
    this.#unread = undefined
  }

  #readUnread(): void {
    const unread = this.#unread
    if (unread === undefined || unread.length === 0 || this.isPaused) return
    const read = this.#read(unread.bytes)
    if (read > 0) unread.consume(read)
  }

  /** @returns how many bytes have been read. */
  #read(bytes: Buffer): number {
    if (this.isPaused) return 0
    const cursor: ByteCursor = { bytes, offset: 0, end: bytes.length }
    this.#isReading = true
    this.reader.readFrom(cursor)
    this.#isReading = false
    return cursor.offset
  }

  /** Behind everything that is here: lets in what waits below. What comes while the loop rests is taken in, lest the connection call it too much. */
  #settle(): void {
    if (this.#isReading || this.#isPaused) return
    if (this.#isHeld) {
      this.#isHeld = false
      this.#connection.resume()
    }
    if (!this.isPaused) this.reader.onCaughtUp()
  }
}
