/** Bytes that the application is not ready for, and the senders who are held back until it has read down to half. */
export class InboundQueue {
  readonly #chunks: Buffer[] = []
  readonly #maximumBytes: number
  #length = 0
  #waiting: ((isOpen: boolean) => void)[] = []

  /** @param maximumBytes - from here on senders are held back; 0 holds nobody back. */
  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes
  }

  get length(): number {
    return this.#length
  }

  get hasRoom(): boolean {
    return this.#maximumBytes === 0 || this.#length < this.#maximumBytes
  }

  /** Keeps a copy: the memory belongs to the host. */
  push(bytes: Uint8Array): void {
    this.#chunks.push(Buffer.from(bytes))
    this.#length += bytes.length
  }

  shift(): Buffer | undefined {
    const chunk = this.#chunks.shift()
    if (chunk === undefined) return undefined
    this.#length -= chunk.length
    if (this.#waiting.length > 0 && this.#length <= this.#maximumBytes / 2) this.#release(true)
    return chunk
  }

  whenRoom(proceed: (isOpen: boolean) => void): void {
    if (this.hasRoom) proceed(true)
    else this.#waiting.push(proceed)
  }

  /** The connection has ended: nothing is kept, those who wait are let go. */
  abandon(): void {
    this.#chunks.length = 0
    this.#length = 0
    this.#release(false)
  }

  #release(isOpen: boolean): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const proceed of waiting) proceed(isOpen)
  }
}
