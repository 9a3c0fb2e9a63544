import type { Logger, LogLevel } from '@signalbox/abstractions'

export interface LogEntry {
  readonly level: LogLevel
  readonly message: string
  readonly error?: unknown
}

/** Keeps what a hub logs, and passes it on if somebody else wants it. */
export class RecordedLog implements Logger {
  readonly entries: LogEntry[] = []
  readonly #next: Logger | undefined
  #latestError: unknown

  constructor(next: Logger | undefined) {
    this.#next = next
  }

  /** What was logged as an error in this very turn: a call that fails is logged and answered in one. */
  get latestError(): unknown {
    return this.#latestError
  }

  debug(message: string, error?: unknown): void {
    this.#add('debug', message, error)
  }

  info(message: string, error?: unknown): void {
    this.#add('info', message, error)
  }

  warn(message: string, error?: unknown): void {
    this.#add('warn', message, error)
  }

  error(message: string, error?: unknown): void {
    this.#latestError = error
    queueMicrotask(() => {
      this.#latestError = undefined
    })
    this.#add('error', message, error)
  }

  #add(level: LogLevel, message: string, error: unknown): void {
    this.entries.push({ level, message, ...(error === undefined ? undefined : { error }) })
    this.#next?.[level](message, error)
  }
}
