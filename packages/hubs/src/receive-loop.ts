import type { ConnectionContext } from '@signalbox/abstractions'
import type { ByteCursor } from '@signalbox/protocol'
import { ReceiveBuffer } from './receive-buffer.js'

/** Whom a receive loop reads for. */
export interface ReceiveLoopReader {
  /** Reads what it can, moving the cursor, and stops when the loop is paused. Must not throw. */
  readFrom(cursor: ByteCursor): void
  /** Everything that has come is read, or waits for the rest of a message. */
  onCaughtUp(): void
}

/**
 * Brings the bytes of a connection to its reader in order, whatever pieces they come in. While it is paused nothing is read: what came with the piece under
 * way waits here, what comes later waits in the connection, which holds the client back.
 */
export class ReceiveLoop {
  readonly #connection: ConnectionContext
  /** May be changed, also from within: what is read next goes to another one. */
  reader: ReceiveLoopReader
  #unread: ReceiveBuffer | undefined
  #isReading = false
  #isPaused = false
  /** The connection was told to wait. */
  #isHeld = false

  constructor(connection: ConnectionContext, reader: ReceiveLoopReader) {
    this.#connection = connection
    this.reader = reader
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** Part of a message, or what waits while the loop is paused. */
  get hasUnread(): boolean {
    return this.#unread !== undefined && this.#unread.length > 0
  }

  receive(bytes: Uint8Array): void {
    if (this.#unread !== undefined && this.#unread.length > 0) {
      this.#unread.append(bytes)
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

  /** The end: nothing is kept. */
  clear(): void {
    this.#unread = undefined
  }

  #readUnread(): void {
    const unread = this.#unread
    if (unread === undefined || unread.length === 0 || this.#isPaused) return
    const read = this.#read(unread.bytes)
    if (read > 0) unread.consume(read)
  }

  /** @returns how many bytes have been read. */
  #read(bytes: Buffer): number {
    if (this.#isPaused) return 0
    const cursor: ByteCursor = { bytes, offset: 0, end: bytes.length }
    this.#isReading = true
    this.reader.readFrom(cursor)
    this.#isReading = false
    return cursor.offset
  }

  /** Behind everything that is here: lets in what waits below. */
  #settle(): void {
    if (this.#isReading || this.#isPaused) return
    if (this.#isHeld) {
      this.#isHeld = false
      this.#connection.resume()
    }
    if (!this.#isPaused) this.reader.onCaughtUp()
  }
}
