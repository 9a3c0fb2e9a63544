import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import { checkedValue } from '../dispatch/argument-binding.js'
import { type BindingErrorOptions, streamBindingError } from '../dispatch/binding-error-message.js'

/** What the streams of one client share. */
export interface UploadMemory {
  /** Of the items in all of them. */
  unreadItemBytes: number
  /** There may be room again. */
  onReady(): void
}

type UploadOptions = BindingErrorOptions &
  Pick<ResolvedHubOptions, 'streamBufferCapacityItems' | 'maximumPendingInvocationBytesPerClient'>

/**
 * The items of one stream from a client, between the receive loop that fills it and the method that reads it; bounded,
 * so that a fast client waits for a slow method. Items are checked as they are read, in order.
 * @source StreamTracker
 */
export class UploadStream implements AsyncIterableIterator<unknown> {
  readonly #memory: UploadMemory
  readonly #schema: StandardSchemaV1 | undefined
  readonly #options: UploadOptions
  readonly #items: { readonly item: unknown; readonly bytes: number }[] = []
  #isEnded = false
  #error: unknown
  /** Reads that wait, in order. */
  readonly #readers: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void }[] = []

  constructor(memory: UploadMemory, schema: StandardSchemaV1 | undefined, options: UploadOptions) {
    this.#memory = memory
    this.#schema = schema
    this.#options = options
  }

  /**
   * @returns false when there is no room, in this stream or among all of the client: `onReady` is called then, once
   * there may be.
   */
  tryPush(item: unknown, bytes: number): boolean {
    if (this.#isEnded) return true
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      this.#check(item).then(reader.resolve, reader.reject)
      return true
    }
    const { streamBufferCapacityItems, maximumPendingInvocationBytesPerClient } = this.#options
    if (this.#items.length >= streamBufferCapacityItems) return false
    if (this.#memory.unreadItemBytes > maximumPendingInvocationBytesPerClient) return false
    this.#items.push({ item, bytes })
    this.#memory.unreadItemBytes += bytes
    return true
  }

  /** The end: the reader gets what is there, then the error or the end. Nothing more is taken. */
  complete(error?: unknown): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#error = error
    for (const { resolve, reject } of this.#readers.splice(0)) this.#endRead().then(resolve, reject)
    this.#memory.onReady()
  }

  next(): Promise<IteratorResult<unknown>> {
    const next = this.#items.shift()
    if (next !== undefined) {
      this.#memory.unreadItemBytes -= next.bytes
      this.#memory.onReady()
      return this.#check(next.item)
    }
    if (this.#isEnded) return this.#endRead()
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject })
    })
  }

  /** One read gets the error, those after it the end, as with a generator that throws. */
  #endRead(): Promise<IteratorResult<unknown>> {
    const error = this.#error
    this.#error = undefined
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error)
  }

  /** The method has read enough: later items are dropped. */
  return(): Promise<IteratorResult<unknown>> {
    this.#drop()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #check(item: unknown): Promise<IteratorResult<unknown>> {
    if (this.#schema === undefined) return { done: false, value: item }
    try {
      return { done: false, value: checkedValue(await this.#schema['~standard'].validate(item), undefined) }
    } catch (error) {
      this.#drop()
      throw streamBindingError(error, this.#options)
    }
  }

  /** Nobody reads on: what is here is let go, what comes is not taken. */
  #drop(): void {
    for (const { bytes } of this.#items.splice(0)) this.#memory.unreadItemBytes -= bytes
    this.complete()
  }
}
