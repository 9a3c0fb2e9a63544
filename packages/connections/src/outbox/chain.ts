/**
 * What one or many connections have pending: pieces of bytes, linked from the last to the first.
 *
 * A node remembers its latest successor, so connections with the same history share the same nodes: a thousand
 * connections that are owed the same ten messages hold one pointer each, and the bytes are joined once for all of them.
 */
export class Chain {
  readonly #previous: Chain | undefined
  readonly #piece: Uint8Array
  #joined: Uint8Array | undefined
  #successor: Chain | undefined
  /** More than one connection has it pending. */
  #isShared = false
  #encoder: ((bytes: Uint8Array) => Uint8Array) | undefined
  #encoded: Uint8Array | undefined
  /** Bytes from the first piece up to and with this one. */
  readonly length: number

  private constructor(previous: Chain | undefined, piece: Uint8Array) {
    this.#previous = previous
    this.#piece = piece
    this.length = previous === undefined ? piece.length : previous.length + piece.length
  }

  /** The latest beginning, kept for the receivers that follow in the same turn. */
  static #beginning: Chain | undefined

  /** The chain that has `piece` behind `tail`: the one a connection with the same history already got, or a new one. */
  static append(tail: Chain | undefined, piece: Uint8Array): Chain {
    if (tail === undefined) {
      const beginning = Chain.#beginning
      if (beginning !== undefined && beginning.#piece === piece) return beginning.#share()
      Chain.#beginning = new Chain(undefined, piece)
      return Chain.#beginning
    }
    const successor = tail.#successor
    if (successor !== undefined && successor.#piece === piece) return successor.#share()
    tail.#successor = new Chain(tail, piece)
    return tail.#successor
  }

  /** The same for a piece that no other connection gets: nothing needs to remember it. */
  static appendOwn(tail: Chain | undefined, piece: Uint8Array): Chain {
    return new Chain(tail, piece)
  }

  /** Lets go of the shared beginning; called when a turn's messages are out. */
  static forgetBeginning(): void {
    Chain.#beginning = undefined
  }

  /** All bytes in one array, made at most once whoever asks. */
  get bytes(): Uint8Array {
    this.#joined ??= this.#join()
    return this.#joined
  }

  #share(): this {
    this.#isShared = true
    return this
  }

  /**
   * For one receiver a single piece goes as it is. For many the bytes get memory of their own, which a host can hand
   * over as a whole: that is cheaper for each of them by a tenth than a part of something larger.
   */
  #join(): Uint8Array {
    if (this.#previous === undefined && !this.#isShared) return this.#piece
    const joined = this.#isShared ? Buffer.allocUnsafeSlow(this.length) : Buffer.allocUnsafe(this.length)
    let end = this.length
    let node: Chain | undefined = this
    while (node !== undefined) {
      const part: Uint8Array = node.#joined ?? node.#piece
      end -= part.length
      joined.set(part, end)
      node = node.#joined === undefined ? node.#previous : undefined
    }
    return joined
  }

  /** All bytes in the framing of a transport, made once for all receivers as long as they use one encoder. */
  encodedBy(encoder: (bytes: Uint8Array) => Uint8Array): Uint8Array {
    if (this.#encoded === undefined || this.#encoder !== encoder) {
      this.#encoder = encoder
      this.#encoded = encoder(this.bytes)
    }
    return this.#encoded
  }
}
