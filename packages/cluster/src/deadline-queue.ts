/** Items that each expire after the same time. The oldest is always due first, so one timer is enough for all. */
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

  /** The items, in the order they were added. */
  get items(): Iterable<T> {
    return this.#due.keys()
  }

  add(item: T): void {
    this.#due.set(item, performance.now() + this.#timeoutMs)
    this.#timer ??= setTimeout(() => this.#expire(), this.#timeoutMs)
  }

  delete(item: T): boolean {
    const wasThere = this.#due.delete(item)
    if (this.#due.size === 0) this.#stop()
    return wasThere
  }

  #expire(): void {
    const now = performance.now()
    const expired: T[] = []
    for (const [item, due] of this.#due) {
      if (due > now) {
        this.#timer = setTimeout(() => this.#expire(), Math.ceil(due - now))
        break
      }
      expired.push(item)
    }
    for (const item of expired) this.#due.delete(item)
    if (this.#due.size === 0) this.#timer = undefined
    for (const item of expired) this.#onExpired(item)
  }

  /** Takes everything out; nothing expires any more. @returns what was in it. */
  clear(): T[] {
    const items = [...this.#due.keys()]
    this.#due.clear()
    this.#stop()
    return items
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
