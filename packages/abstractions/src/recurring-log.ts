import type { Logger, LogLevel } from './logger.js'

/**
 * Reports that traffic can cause again and again. The first of a cause is logged at once; those that follow within a
 * minute are counted and told in one line at its end. Each single one is there at debug. So a flood fills no disk, and
 * nothing is refused unseen.
 */
export class RecurringLog {
  readonly #logger: Logger
  readonly #periodMs: number
  readonly #periods = new Map<string, Period>()
  readonly #counts = new Map<string, number>()

  /** @param periodMs - how long reports of one cause are counted before they are told; default 60,000 ms. */
  constructor(logger: Logger, periodMs = 60_000) {
    this.#logger = logger
    this.#periodMs = periodMs
  }

  /** How often each cause has been reported since the start, for metrics and health checks. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /**
   * @param cause - what recurs. A constant of the code or a name from the set-up (an option, a path that is mapped),
   * never text from a client: each cause in use holds a timer and a line a minute.
   * @param message - says what happened, and names the option to change and its value where there is one. Of those that
   * are counted the last is told.
   */
  warn(cause: string, message: string, error?: unknown): void {
    this.#report('warn', cause, message, error)
  }

  /** The same at the level of errors. */
  error(cause: string, message: string, error?: unknown): void {
    this.#report('error', cause, message, error)
  }

  /** Tells what has been counted, before the minute is over: the server is about to end. */
  flush(): void {
    for (const [cause, { end }] of this.#periods) {
      clearTimeout(end)
      this.#tell(cause)
    }
  }

  /** Only counted, and there at debug: what happens in normal life. */
  debug(cause: string, message: string): void {
    this.#count(cause)
    this.#logger.debug(message)
  }

  #report(level: LogLevel, cause: string, message: string, error: unknown): void {
    this.#count(cause)
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

  #count(cause: string): void {
    this.#counts.set(cause, (this.#counts.get(cause) ?? 0) + 1)
  }

  #begin(cause: string): void {
    // What goes on is told once a period, not twice: with its count at the end, and by itself again only after a quiet
    // period.
    const end = setTimeout(() => this.#tell(cause) && this.#begin(cause), this.#periodMs)
    end.unref()
    this.#periods.set(cause, { end, count: 0, level: 'warn', message: '' })
  }

  /** Ends a period. @returns whether there was something to tell. */
  #tell(cause: string): boolean {
    const period = this.#periods.get(cause)
    this.#periods.delete(cause)
    if (period === undefined || period.count === 0) return false
    const { count, level, message } = period
    this.#logger[level](`${message} (${count} more of this kind in the last ${this.#periodMs / 1000} s)`)
    return true
  }
}

/** What has been counted of one cause since its last line in the log. */
interface Period {
  readonly end: NodeJS.Timeout
  count: number
  level: LogLevel
  message: string
}
