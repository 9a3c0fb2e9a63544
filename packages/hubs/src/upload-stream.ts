import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BindingFailure, cannotBind } from './binding-failure.js'
import { errorMessage } from './error-message.js'
import { HubException } from './hub-exception.js'

/**
 * The items of one stream from a client, between the receive loop that fills it and the method that reads it; bounded, so that a fast client waits
 * for a slow method. Items are checked as they are read, in order.
 * @source StreamTracker
 */
export class UploadStream implements AsyncIterableIterator<unknown> {
  readonly #capacity: number
  readonly #schema: StandardSchemaV1 | undefined
  readonly #enableDetailedErrors: boolean
  readonly #items: unknown[] = []
  #isEnded = false
  #error: unknown
  /** Reads that wait, in order. */
  readonly #readers: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void }[] = []
  /** Told once when there is room again. */
  #onRoom: (() => void) | undefined

  constructor(capacity: number, schema: StandardSchemaV1 | undefined, enableDetailedErrors: boolean) {
    this.#capacity = capacity
    this.#schema = schema
    this.#enableDetailedErrors = enableDetailedErrors
  }

  /** @returns false when there is no room: `onRoom` is called then, once there is. */
  tryPush(item: unknown, onRoom: () => void): boolean {
    if (this.#isEnded) return true
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      this.#check(item).then(reader.resolve, reader.reject)
      return true
    }
    if (this.#items.length >= this.#capacity) {
      this.#onRoom = onRoom
      return false
    }
    this.#items.push(item)
    return true
  }

  /** The end: the reader gets what is there, then the error or the end. Nothing more is taken. */
  complete(error?: unknown): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#error = error
    for (const { resolve, reject } of this.#readers.splice(0)) this.#endRead().then(resolve, reject)
    this.#makeRoom()
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#items.length > 0) {
      const item = this.#items.shift()
      this.#makeRoom()
      return this.#check(item)
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
    this.#items.length = 0
    this.complete()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #check(item: unknown): Promise<IteratorResult<unknown>> {
    if (this.#schema === undefined) return { done: false, value: item }
    try {
      const result = await this.#schema['~standard'].validate(item)
      if (result.issues !== undefined) throw new BindingFailure(cannotBind)
      return { done: false, value: result.value }
    } catch (error) {
      this.#items.length = 0
      this.complete()
      throw new HubException(errorMessage('Failed to bind Stream message.', error, this.#enableDetailedErrors))
    }
  }

  #makeRoom(): void {
    const onRoom = this.#onRoom
    this.#onRoom = undefined
    onRoom?.()
  }
}
