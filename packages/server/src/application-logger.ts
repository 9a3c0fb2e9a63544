import { isPromiseLike, type Logger, type LogLevel } from '@signalbox/abstractions'

/**
 * The application's logger, which is called from everywhere: one that throws, or that is async and rejects, must not
 * end a call, a connection or the process. It gets an error only where there is one: `console` would print `undefined`.
 */
export function guardedLogger(logger: Logger): Logger {
  const guard =
    (level: LogLevel): Logger[LogLevel] =>
    (message, error) => {
      try {
        const result: unknown = error === undefined ? logger[level](message) : logger[level](message, error)
        if (isPromiseLike(result)) Promise.resolve(result).catch(() => {})
      } catch {
        // There is nowhere left to report to.
      }
    }
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') }
}

/** Warnings and errors on the console: without any set-up a failing hub method must not go unseen. */
export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn: (message, error) => log('warn', message, error),
  error: (message, error) => log('error', message, error),
}

function log(level: 'warn' | 'error', message: string, error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: the one place that writes to it
  console[level](...(error === undefined ? [message] : [message, error]))
}
