import { type Logger, printable, type RecurringLog, SignalRError } from '@signalbox/abstractions'

/**
 * What fails in a hub, for the log. What user code throws is told each time; what Signalbox throws itself, such as a
 * BackplaneError, fails everything for as long as it lasts, and is told once a minute.
 */
export class HubFailureLog {
  readonly #hubName: string
  readonly #logger: Logger
  readonly #recurringLog: RecurringLog
  /** Of this turn of the event loop: errors of sends, each with its message. */
  readonly #failedSends = new Map<unknown, string>()

  constructor(hubName: string, logger: Logger, recurringLog: RecurringLog) {
    this.#hubName = hubName
    this.#logger = logger
    this.#recurringLog = recurringLog
  }

  /** @param what - for example `ChatHub.onConnected`. */
  failed(what: string, error: unknown): void {
    this.#failedSends.delete(error)
    this.#log(`${what} failed.`, error)
  }

  /** When the hub method that sent fails with it, that is told instead; so it waits until the method had its chance. */
  sendFailed(target: string, error: unknown): void {
    if (this.#failedSends.size === 0) setImmediate(() => this.#reportSends())
    this.#failedSends.set(error, `${this.#hubName}: sending '${printable(target)}' to clients failed.`)
  }

  #reportSends(): void {
    for (const [error, message] of this.#failedSends) this.#log(message, error)
    this.#failedSends.clear()
  }

  #log(message: string, error: unknown): void {
    if (error instanceof SignalRError) this.#recurringLog.error(`${error.code} ${this.#hubName}`, message, error)
    else this.#logger.error(message, error)
  }
}
