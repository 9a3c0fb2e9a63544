import { defaultDeadlineMs, within } from './deadline.js'

/** What has arrived and was not read yet, in order. Reading waits for the next arrival. */
export class Inbox<T> {
  readonly #arrived: T[] = []
  #ended: string | undefined
  #wake: (() => void) | undefined

  push(item: T): void {
    this.#arrived.push(item)
    this.#wake?.()
  }

  /** Nothing more will arrive; whoever waits is told why. */
  end(reason: string): void {
    this.#ended ??= reason
    this.#wake?.()
  }

  /** Everything that has arrived, without waiting. */
  takeAll(): T[] {
    return this.#arrived.splice(0)
  }

  next(what: string, deadlineMs = defaultDeadlineMs): Promise<T> {
    return within(this.#take(what), what, deadlineMs)
  }

  async #take(what: string): Promise<T> {
    while (this.#arrived.length === 0) {
      if (this.#ended !== undefined) throw new Error(`Expected ${what}, but ${this.#ended}`)
      await this.#nextArrival()
    }
    return this.#arrived.shift() as T
  }

  async #nextArrival(): Promise<void> {
    // A second reader would take the first one's wake-up, and the first would sleep for good.
    if (this.#wake) throw new Error('Two readers wait for the same inbox')
    await new Promise<void>(resolve => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }
}
