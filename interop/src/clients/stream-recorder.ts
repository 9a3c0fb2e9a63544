import type { IStreamResult } from '@microsoft/signalr'
import { within } from './deadline.js'

/** What a stream from the hub has brought. */
export class StreamRecorder<T> {
  readonly items: T[] = []
  readonly #ended: Promise<Error | undefined>
  #onItem: (() => void) | undefined

  constructor(stream: IStreamResult<T>) {
    this.#ended = new Promise(resolve => {
      const next = (item: T) => {
        this.items.push(item)
        this.#onItem?.()
      }
      stream.subscribe({ next, error: resolve, complete: () => resolve(undefined) })
    })
  }

  /** The error it ended with, if any. */
  end(): Promise<Error | undefined> {
    return within(this.#ended, 'the end of the stream')
  }

  /** All items, once the stream has ended without an error. */
  async all(): Promise<readonly T[]> {
    const error = await this.end()
    if (error !== undefined) throw error
    return this.items
  }

  async firstItem(): Promise<T> {
    const came = new Promise<void>(resolve => {
      this.#onItem = resolve
    })
    if (this.items.length === 0) await within(came, 'the first item')
    return this.items[0]!
  }
}
