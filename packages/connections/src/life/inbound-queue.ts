const smallestSlabBytes = 256
const largestSlabBytes = 65_536

/** Pieces that came one after another, in one piece of memory. */
interface Slab {
  readonly memory: Buffer
  /** Where each piece ends. */
  readonly ends: number[]
}

/**
 * Bytes that the application is not ready for, piece by piece as they came, and the senders who are held back until it
 * has read down to half. Many small pieces share memory: an array of a byte each would cost a hundred times the bytes.
 */
export class InboundQueue {
  #slabs: Slab[] = []
  /** In the first slab: pieces that have been read, and where the last of them ends. */
  #readPieces = 0
  #readEnd = 0
  readonly #maximumBytes: number
  #length = 0
  #waiting: ((isOpen: boolean) => void)[] = []

  /** @param maximumBytes - from here on senders are held back. */
  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes
  }

  get length(): number {
    return this.#length
  }

  get hasRoom(): boolean {
    return this.#length < this.#maximumBytes
  }

  /** Keeps a copy: the memory belongs to the host. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return // brings nothing, and would cost what nobody counts
    const last = this.#slabs.at(-1)
    const start = last?.ends.at(-1) ?? 0
    if (last === undefined || start + bytes.length > last.memory.length) {
      const doubled = last === undefined ? smallestSlabBytes : Math.min(2 * last.memory.length, largestSlabBytes)
      const memory = Buffer.allocUnsafeSlow(Math.max(doubled, bytes.length))
      memory.set(bytes)
      this.#slabs.push({ memory, ends: [bytes.length] })
    } else {
      last.memory.set(bytes, start)
      last.ends.push(start + bytes.length)
    }
    this.#length += bytes.length
  }

  shift(): Buffer | undefined {
    const slab = this.#slabs[0]
    if (slab === undefined) return undefined
    const end = slab.ends[this.#readPieces]!
    const piece = slab.memory.subarray(this.#readEnd, end)
    this.#readPieces++
    this.#readEnd = end
    if (this.#readPieces === slab.ends.length) this.#dropFirst()
    this.#length -= piece.length
    if (this.#waiting.length > 0 && this.#length <= this.#maximumBytes / 2) this.#release(true)
    return piece
  }

  whenRoom(proceed: (isOpen: boolean) => void): void {
    if (this.hasRoom) proceed(true)
    else this.#waiting.push(proceed)
  }

  /** The connection has ended: nothing is kept, those who wait are let go. */
  abandon(): void {
    this.#slabs = []
    this.#readPieces = 0
    this.#readEnd = 0
    this.#length = 0
    this.#release(false)
  }

  #dropFirst(): void {
    this.#slabs.shift()
    this.#readPieces = 0
    this.#readEnd = 0
  }

  #release(isOpen: boolean): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const proceed of waiting) proceed(isOpen)
  }
}
