/** The unread tail of what a client sent, grown by doubling so that a message sent byte by byte is not copied each time. */
export class ReceiveBuffer {
  #bytes = Buffer.allocUnsafeSlow(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Valid until the next `append`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, this.#bytes.length * 2))
      grown.set(this.bytes)
      this.#bytes = grown
    }
    this.#bytes.set(bytes, this.#length)
    this.#length = length
  }

  /** Drops the first `count` bytes. */
  consume(count: number): void {
    this.#bytes.copyWithin(0, count, this.#length)
    this.#length -= count
  }
}
