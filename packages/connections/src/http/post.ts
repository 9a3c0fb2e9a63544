import type { BodyResult, HttpExchange } from '../host/host-port.js'

/** The queue it stands in. */
export interface PostLine {
  /** Asked for each part of its body; after a no it has lost its place. */
  admits(post: Post, bytes: number): boolean
  /** Takes it out, wherever it stands. */
  remove(post: Post): void
  /** Delivers what is ready and whose turn it is. */
  deliver(): void
}

/** How a POST ended; `connectionEnded` when nobody is there any more to take its body. */
export type PostResult = BodyResult | { readonly kind: 'connectionEnded' }

/** One POST under way, from its request to its turn. */
export class Post {
  readonly #queue: PostLine
  readonly #exchange: HttpExchange
  #onResult: ((result: PostResult) => void) | undefined
  /** How reading its body ended. */
  #body: BodyResult | undefined
  #hasEnded = false
  /** Of its body, as far as it has come. */
  length = 0

  constructor(queue: PostLine, exchange: HttpExchange) {
    this.#queue = queue
    this.#exchange = exchange
  }

  read(limitBytes: number): void {
    const exchange = this.#exchange
    const onRead = (body: BodyResult) => {
      this.#body = body
      if (body.kind === 'complete')
        exchange.onAborted(() => this.leave()) // its client has gone
      else this.#queue.remove(this)
      this.#settle()
    }
    exchange.readBody(limitBytes, onRead, bytes => this.#queue.admits(this, bytes))
  }

  /** It is let in, and told once what becomes of it; never when its client goes away before its turn. */
  accept(onResult: (result: PostResult) => void): void {
    this.#onResult = onResult
    this.#settle()
  }

  /** Gives up its place; nothing is kept of it. */
  leave(): void {
    this.#body = undefined
    this.#queue.remove(this)
  }

  leaveUnlessAccepted(): void {
    if (this.#onResult === undefined) this.leave()
  }

  /** Whole, and let in. */
  get isReady(): boolean {
    return this.#body?.kind === 'complete' && this.#onResult !== undefined
  }

  /** It is its turn. */
  tell(): void {
    const body = this.#body
    if (body === undefined || this.#onResult === undefined) return
    this.#body = undefined
    this.#onResult(this.#hasEnded ? { kind: 'connectionEnded' } : body)
  }

  /** It has lost its place. It is still read to its end, so that the answer reaches the client. */
  end(): void {
    this.#hasEnded = true
    this.tell()
  }

  #settle(): void {
    if (this.isReady && !this.#hasEnded) this.#queue.deliver()
    else if (this.#body?.kind !== 'complete' || this.#hasEnded) this.tell()
  }
}
