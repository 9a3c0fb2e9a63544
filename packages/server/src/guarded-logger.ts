import type { Logger, LogLevel } from '@signalbox/abstractions'

/**
 * The application's logger, which is called from everywhere: one that throws, or that is async and rejects, must not end
 * a call, a connection or the process. It gets an error only where there is one: `console` would print `undefined`.
 */
export function guardedLogger(logger: Logger): Logger {
  const guard =
    (level: LogLevel): Logger[LogLevel] =>
    (message, error) => {
      try {
        const result: unknown = error === undefined ? logger[level](message) : logger[level](message, error)
        if (result instanceof Promise) result.catch(() => {})
      } catch {
        // There is nowhere left to report to.
      }
    }
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') }
}
