import type { Logger } from '@signalbox/abstractions'
import { HubProtocolError } from '@signalbox/protocol'
import { InvalidPayloadError } from './payload-reader.js'

const logIntervalMs = 10_000

/** Stands between Redis and a hub: whatever arrives, nothing throws. What cannot be used is counted and, now and then, logged. */
export class PayloadGuard {
  readonly #hubName: string
  readonly #logger: Logger
  readonly #maximumBytes: number
  #lastLogAt = Number.NEGATIVE_INFINITY
  /** Payloads that could not be read and messages that could not be passed on. */
  rejectedCount = 0

  constructor(hubName: string, logger: Logger, maximumBytes: number) {
    this.#hubName = hubName
    this.#logger = logger
    this.#maximumBytes = maximumBytes
  }

  run(channel: string, payload: Buffer, handle: (payload: Buffer) => void): void {
    try {
      if (payload.length > this.#maximumBytes)
        throw new InvalidPayloadError(`${payload.length} bytes are more than the limit of ${this.#maximumBytes}.`)
      handle(payload)
    } catch (error) {
      if (error instanceof InvalidPayloadError || error instanceof HubProtocolError)
        this.reject(`A message on '${channel}' cannot be read: ${error.message}`)
      else this.#logger.error(`${this.#hubName}: a message on '${channel}' could not be handled.`, error)
    }
  }

  reject(reason: string): void {
    this.rejectedCount++
    const now = performance.now()
    if (now - this.#lastLogAt < logIntervalMs) return
    this.#lastLogAt = now
    this.#logger.warn(`${this.#hubName}: ${reason} (${this.rejectedCount} since the start)`)
  }
}
