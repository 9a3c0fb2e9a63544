/** What has to be done within one and the same time. The oldest is always due first, so one timer does for all. */
export class DeadlineQueue<T> {
  readonly #timeoutMs: number
  readonly #onExpired: (item: T) => void
  /** When each is due, the oldest first. */
  readonly #due = new Map<T, number>()
  #timer: NodeJS.Timeout | undefined

  /** @param onExpired - gets an item that is not in the queue any more. */
  constructor(timeoutMs: number, onExpired: (item: T) => void) {
    this.#timeoutMs = timeoutMs
    this.#onExpired = onExpired
  }

  get size(): number {
    return this.#due.size
  }

  /** In the order they were added. */
  get items(): Iterable<T> {
    return this.#due.keys()
  }

  add(item: T): void {
    this.#due.set(item, performance.now() + this.#timeoutMs)
    this.#timer ??= setTimeout(() => this.#expire(), this.#timeoutMs)
  }

  delete(item: T): boolean {
    return this.#due.delete(item)
  }

  #expire(): void {
    this.#timer = undefined
    for (const [item, due] of this.#due) {
      const remainingMs = due - performance.now()
      if (remainingMs > 0) {
        this.#timer = setTimeout(() => this.#expire(), Math.ceil(remainingMs))
        return
      }
      this.#due.delete(item)
      this.#onExpired(item)
    }
  }

  /** Empties it; nothing expires any more. @returns what was in it. */
  clear(): T[] {
    const items = [...this.#due.keys()]
    this.#due.clear()
    clearTimeout(this.#timer)
    this.#timer = undefined
    return items
  }
}
