const end = { done: true, value: undefined } as const

/**
 * Yields one item and never ends, as a reader of a .NET channel that nobody writes to. Unlike an async generator, which
 * hears of a `return` at its next `yield`, it can be stopped while it waits.
 */
export class EndlessChannel implements AsyncIterableIterator<number> {
  #isStarted = false
  #isStopped = false
  #stopWaiting: ((result: typeof end) => void) | undefined

  async next(): Promise<IteratorResult<number>> {
    if (this.#isStopped) return end
    if (this.#isStarted) {
      return new Promise(resolve => {
        this.#stopWaiting = resolve
      })
    }
    this.#isStarted = true
    return { done: false, value: 0 }
  }

  async return(): Promise<IteratorResult<number>> {
    this.#isStopped = true
    this.#stopWaiting?.(end)
    return end
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
