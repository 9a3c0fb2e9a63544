import type { Logger, LogLevel } from './logger.js'

/**
 * Reports that traffic can cause again and again. The first of a cause is logged at once; those that follow within a minute are counted and
 * told in one line at its end. Each single one is there at debug. So a flood fills no disk, and nothing is refused unseen.
 */
export class RecurringLog {
  readonly #logger: Logger
  readonly #periodMs: number
  readonly #periods = new Map<string, Period>()

  /** @param periodMs - how long reports of one cause are counted before they are told; default 60,000 ms. */
  constructor(logger: Logger, periodMs = 60_000) {
    this.#logger = logger
    this.#periodMs = periodMs
  }

  /**
   * @param cause - what recurs. A constant of the code or a name from the set-up (an option, a path that is mapped), never text from a
   * client: each cause in use holds a timer and a line a minute.
   * @param message - says what happened, and names the option to change and its value where there is one. Of those that are counted the
   * last is told.
   */
  warn(cause: string, message: string, error?: unknown): void {
    this.#report('warn', cause, message, error)
  }

  /** The same at the level of errors. */
  error(cause: string, message: string, error?: unknown): void {
    this.#report('error', cause, message, error)
  }

  #report(level: LogLevel, cause: string, message: string, error: unknown): void {
    const period = this.#periods.get(cause)
    if (period === undefined) {
      this.#begin(cause)
      this.#logger[level](message, error)
      return
    }
    period.count++
    period.level = level
    period.message = message
    this.#logger.debug(message, error)
  }

  #begin(cause: string): void {
    const end = setTimeout(() => this.#end(cause), this.#periodMs)
    end.unref()
    this.#periods.set(cause, { count: 0, level: 'warn', message: '' })
  }

  #end(cause: string): void {
    const period = this.#periods.get(cause)
    this.#periods.delete(cause)
    if (period === undefined || period.count === 0) return
    // What goes on is told once a period, not twice: with its count now, and by itself again only after a quiet period.
    this.#begin(cause)
    const { count, level, message } = period
    this.#logger[level](`${message} (${count} more of this kind in the last ${this.#periodMs / 1000} s)`)
  }
}

/** What has been counted of one cause since its last line in the log. */
interface Period {
  count: number
  level: LogLevel
  message: string
}
