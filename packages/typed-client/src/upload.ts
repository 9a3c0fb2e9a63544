import type { HubConnectionLike, StreamResult, StreamSubscriber, Subscription } from './hub-connection-like.js'

/** The items of an async iterable, in the form in which the official client takes a stream. */
export class Upload implements StreamResult<unknown> {
  readonly #iterator: AsyncIterator<unknown>
  readonly #connection: HubConnectionLike
  readonly #connectionId: string | null
  #isOver = false

  constructor(items: AsyncIterable<unknown>, connection: HubConnectionLike) {
    this.#iterator = items[Symbol.asyncIterator]()
    this.#connection = connection
    this.#connectionId = connection.connectionId
  }

  /** Called once, by the client, which keeps no subscription: it never asks an upload to stop. */
  subscribe(subscriber: StreamSubscriber<unknown>): Subscription {
    void this.#pump(subscriber)
    return { dispose: () => this.stop() }
  }

  /** Nobody reads the items any more. A source that is at work on its next one hears of it when that one is done. */
  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    void returnQuietly(this.#iterator)
  }

  async #pump(subscriber: StreamSubscriber<unknown>): Promise<void> {
    try {
      for (let item = await this.#iterator.next(); item.done !== true; item = await this.#iterator.next()) {
        if (!this.#isHeard()) this.stop()
        if (this.#isOver) return
        subscriber.next(item.value)
      }
      this.#end(() => subscriber.complete())
    } catch (error) {
      this.#end(() => subscriber.error(error))
    }
  }

  #end(tellServer: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#isHeard()) tellServer()
  }

  /**
   * Whether the connection is still the one the call went over. On a lost one, the client would leave a rejection
   * unhandled for every item, which ends a Node process; on the next one the server does not know the stream.
   */
  #isHeard(): boolean {
    return this.#connection.state === 'Connected' && this.#connection.connectionId === this.#connectionId
  }
}

async function returnQuietly(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // It was told to stop, and nobody is left to hear how it took it.
  }
}
