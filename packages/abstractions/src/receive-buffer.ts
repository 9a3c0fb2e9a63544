const initialBytes = 256
/** Memory that is kept for what comes next; what something large took is given back. */
const largestKeptBytes = 1024
const nothing = Buffer.alloc(0)

/**
 * Bytes that came in pieces, in one piece. It grows by doubling, so that what is sent byte by byte is not copied each
 * time and costs no more memory than twice its length. What is consumed bit by bit is not moved each time either.
 */
export class ReceiveBuffer {
  #bytes = nothing
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  /** Bytes of memory that are taken, used or not. */
  get capacity(): number {
    return this.#bytes.length
  }

  /** Valid until the next `append` or `consume`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end)
  }

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length
    if (this.#end + bytes.length > this.capacity) this.#makeRoom(length)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** Drops the first `count` bytes, and with them the memory that the rest does not need. */
  consume(count: number): void {
    this.#start += count
    const { length, capacity } = this
    if (capacity > largestKeptBytes && length <= capacity / 4) this.#moveTo(Math.max(length, initialBytes))
    else if (length === 0) this.#start = this.#end = 0
  }

  /** Gives everything away, memory included. */
  take(): Buffer {
    const { bytes } = this
    this.clear()
    return bytes
  }

  clear(): void {
    this.#bytes = nothing
    this.#start = this.#end = 0
  }

  /** Over what has been consumed if that is much, else in more memory. */
  #makeRoom(length: number): void {
    if (length > this.capacity / 2) this.#moveTo(Math.max(length, this.capacity * 2, initialBytes))
    else {
      this.#bytes.copyWithin(0, this.#start, this.#end)
      this.#end -= this.#start
      this.#start = 0
    }
  }

  #moveTo(capacity: number): void {
    const memory = Buffer.allocUnsafeSlow(capacity)
    memory.set(this.bytes)
    this.#bytes = memory
    this.#end -= this.#start
    this.#start = 0
  }
}
