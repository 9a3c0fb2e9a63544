const initialBytes = 256
/** Memory that is kept for what comes next; what something large took is given back. */
const largestKeptBytes = 1024
const nothing = Buffer.alloc(0)

/**
 * Bytes that came in pieces, in one piece. It grows by doubling, so that what is sent byte by byte is not copied each time and costs no more
 * memory than twice its length.
 */
export class ReceiveBuffer {
  #bytes = nothing
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Bytes of memory that are taken, used or not. */
  get capacity(): number {
    return this.#bytes.length
  }

  /** Valid until the next `append` or `consume`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#bytes.length) this.#moveTo(Math.max(length, this.#bytes.length * 2, initialBytes), 0)
    this.#bytes.set(bytes, this.#length)
    this.#length = length
  }

  /** Drops the first `count` bytes, and with them the memory that the rest does not need. */
  consume(count: number): void {
    const length = this.#length - count
    const { capacity } = this
    if (capacity > largestKeptBytes && length <= capacity / 4) this.#moveTo(Math.max(length, initialBytes), count)
    else this.#bytes.copyWithin(0, count, this.#length)
    this.#length = length
  }

  /** Gives everything away, memory included. */
  take(): Buffer {
    const { bytes } = this
    this.clear()
    return bytes
  }

  clear(): void {
    this.#bytes = nothing
    this.#length = 0
  }

  /** Takes other memory, and along what is behind the first `start` bytes. */
  #moveTo(capacity: number, start: number): void {
    const memory = Buffer.allocUnsafeSlow(capacity)
    memory.set(this.#bytes.subarray(start, this.#length))
    this.#bytes = memory
  }
}
