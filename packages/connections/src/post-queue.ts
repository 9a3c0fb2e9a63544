import type { BodyResult } from './host-port.js'

/**
 * The bodies of one connection's POSTs in the order of their requests: they are read side by side and count one after another,
 * each whole or not at all, so two of them never interleave and a cut upload leaves nothing behind.
 */
export class PostQueue {
  readonly #posts: { result: BodyResult | undefined; readonly deliver: (result: BodyResult) => void }[] = []

  /** @returns what to call with the body once it is there. */
  add(deliver: (result: BodyResult) => void): (result: BodyResult) => void {
    const post: { result: BodyResult | undefined; readonly deliver: (result: BodyResult) => void } = {
      result: undefined,
      deliver,
    }
    this.#posts.push(post)
    return result => {
      post.result = result
      for (let next = this.#posts[0]; next?.result !== undefined; next = this.#posts[0]) {
        this.#posts.shift()
        next.deliver(next.result)
      }
    }
  }
}
