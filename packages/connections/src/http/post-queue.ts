import type { HttpExchange } from '../host/host-port.js'
import { Post, type PostLine } from './post.js'

/** Where the bodies go. */
export interface PostTaker {
  /** Whether it takes another one. */
  readonly hasRoom: boolean
  /** Calls back once it does. @param proceed - gets false when the connection has ended meanwhile. */
  whenRoom(proceed: (isOpen: boolean) => void): void
}

/**
 * The POSTs of one connection. Their bodies are read side by side and count one after another in the order of the
 * requests, each whole or not at all, so two of them never interleave and a cut upload leaves nothing behind.
 *
 * The first in line may have as many bytes as the limit, and those behind it together as many again: stock clients send
 * one at a time. What would be more is too large, and is thrown away as it comes.
 */
export class PostQueue implements PostLine {
  readonly #limitBytes: number
  readonly #taker: PostTaker
  readonly #posts: Post[] = []
  /** Of all but the first. */
  #waitingBytes = 0
  #isHeld = false

  constructor(limitBytes: number, taker: PostTaker) {
    this.#limitBytes = limitBytes
    this.#taker = taker
  }

  /** Begins to read the body of a POST. */
  add(exchange: HttpExchange): Post {
    const post = new Post(this, exchange)
    this.#posts.push(post)
    post.read(this.#limitBytes)
    return post
  }

  admits(post: Post, bytes: number): boolean {
    if (post !== this.#posts[0]) {
      if (!this.#posts.includes(post)) return false
      if (this.#waitingBytes + bytes > this.#limitBytes) {
        this.remove(post)
        return false
      }
      this.#waitingBytes += bytes
    }
    post.length += bytes
    return true
  }

  deliver(): void {
    for (let post = this.#posts[0]; post?.isReady === true; post = this.#posts[0]) {
      if (!this.#taker.hasRoom) return this.#hold()
      this.#drop(post)
      post.tell()
    }
  }

  remove(post: Post): void {
    this.#drop(post)
    this.deliver()
  }

  /** The connection has ended. */
  end(): void {
    this.#waitingBytes = 0
    for (const post of this.#posts.splice(0)) post.end()
  }

  #drop(post: Post): void {
    const place = this.#posts.indexOf(post)
    if (place < 0) return
    this.#posts.splice(place, 1)
    const noLongerWaiting = place > 0 ? post : this.#posts[0]
    this.#waitingBytes -= noLongerWaiting?.length ?? 0
  }

  #hold(): void {
    if (this.#isHeld) return
    this.#isHeld = true
    this.#taker.whenRoom(isOpen => {
      this.#isHeld = false
      if (isOpen) this.deliver()
      else this.end()
    })
  }
}
