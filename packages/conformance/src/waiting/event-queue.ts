/** Events that a test waits for one by one: what comes early is kept, who asks early waits. */
export class EventQueue<T> {
  readonly #events: T[] = []
  readonly #waiting: ((event: T) => void)[] = []

  /** Events nobody has asked for yet. */
  get length(): number {
    return this.#events.length
  }

  push(event: T): void {
    const waiting = this.#waiting.shift()
    if (waiting === undefined) this.#events.push(event)
    else waiting(event)
  }

  next(): Promise<T> {
    if (this.#events.length > 0) return Promise.resolve(this.#events.shift()!)
    return new Promise(resolve => this.#waiting.push(resolve))
  }
}
