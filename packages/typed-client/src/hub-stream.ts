import type { StreamResult, StreamSubscriber, Subscription } from './hub-connection-like.js'

/**
 * The items of a streaming hub method: for a `for await` loop, or for a subscriber. The hub is called when the loop or
 * the subscription begins, once for each.
 */
export interface HubStream<T> extends AsyncIterable<T>, StreamResult<T> {
  /** Leaving the loop tells the server to stop. Items that come faster than they are read wait in memory. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T>
}

export function createHubStream<T>(subscribe: (subscriber: StreamSubscriber<T>) => Subscription): HubStream<T> {
  return { subscribe, [Symbol.asyncIterator]: () => new HubStreamIterator(subscribe) }
}

interface Reader<T> {
  resolve(result: IteratorResult<T>): void
  reject(error: unknown): void
}

/**
 * Between the client, which pushes, and a loop, which pulls. No generator: that could not return while a read waits.
 */
class HubStreamIterator<T> implements AsyncIterableIterator<T> {
  readonly #items: T[] = []
  /** Reads that wait, in order. */
  readonly #readers: Reader<T>[] = []
  readonly #subscription: Subscription
  #isEnded = false
  #failure: { readonly error: unknown } | undefined

  constructor(subscribe: (subscriber: StreamSubscriber<T>) => Subscription) {
    this.#subscription = subscribe({
      next: item => this.#push(item),
      error: error => this.#end({ error }),
      complete: () => this.#end(undefined),
    })
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#items.length > 0) return Promise.resolve({ done: false, value: this.#items.shift() as T })
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
      if (this.#isEnded) this.#endReaders()
    })
  }

  return(): Promise<IteratorResult<T>> {
    this.#subscription.dispose()
    this.#items.length = 0
    this.#end(undefined)
    this.#failure = undefined
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #push(item: T): void {
    const reader = this.#readers.shift()
    if (reader === undefined) this.#items.push(item)
    else reader.resolve({ done: false, value: item })
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#failure = failure
    this.#endReaders()
  }

  /** One read gets the error, those after it the end, as with a generator that throws. */
  #endReaders(): void {
    for (const reader of this.#readers.splice(0)) {
      const failure = this.#failure
      this.#failure = undefined
      if (failure === undefined) reader.resolve({ done: true, value: undefined })
      else reader.reject(failure.error)
    }
  }
}
