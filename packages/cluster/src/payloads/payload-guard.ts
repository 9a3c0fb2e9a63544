import { printable, type RecurringLog } from '@signalbox/abstractions'
import { HubProtocolError } from '@signalbox/protocol'
import { InvalidPayloadError } from './payload-reader.js'

/** Stands between the bus and a hub: whatever arrives, nothing throws. What cannot be used is counted and logged. */
export class PayloadGuard {
  readonly #hubName: string
  readonly #log: RecurringLog
  readonly #maximumBytes: number
  /** Payloads that could not be read and messages that could not be passed on. */
  rejectedCount = 0

  constructor(hubName: string, log: RecurringLog, maximumBytes: number) {
    this.#hubName = hubName
    this.#log = log
    this.#maximumBytes = maximumBytes
  }

  run(channel: string, payload: Buffer, handle: (payload: Buffer) => void): void {
    try {
      if (payload.length > this.#maximumBytes)
        throw new InvalidPayloadError(`${payload.length} bytes are more than the limit of ${this.#maximumBytes}.`)
      handle(payload)
    } catch (error) {
      if (error instanceof InvalidPayloadError || error instanceof HubProtocolError)
        this.reject(`A message on '${printable(channel, 300)}' cannot be read: ${printable(error.message, 300)}`)
      else
        this.#log.error(
          `payloadFailed ${this.#hubName}`,
          `${this.#hubName}: a message on '${printable(channel, 300)}' could not be handled.`,
          error,
        )
    }
  }

  /** @param reason - fit for a log line. */
  reject(reason: string): void {
    this.rejectedCount++
    this.#log.warn(`payloadRejected ${this.#hubName}`, `${this.#hubName}: ${reason}`)
  }
}
