/**
 * What has arrived and nobody has taken, in one piece. It grows by doubling, so that a long body in many pieces is not
 * copied for each of them; what was taken is never written over.
 */
export class UnreadBytes {
  #memory = Buffer.alloc(0)
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  get bytes(): Buffer {
    return this.#memory.subarray(this.#start, this.#end)
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#memory.length) {
      const { bytes: unread, length } = this
      this.#memory = Buffer.allocUnsafeSlow(2 * (length + bytes.length))
      this.#memory.set(unread)
      this.#start = 0
      this.#end = length
    }
    this.#memory.set(bytes, this.#end)
    this.#end += bytes.length
  }

  take(count: number): void {
    this.#start += count
  }
}
