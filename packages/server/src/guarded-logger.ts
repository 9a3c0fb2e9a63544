import type { Logger, LogLevel } from '@signalbox/abstractions'

/** The application's logger, which is called from everywhere: one that throws must not end a call, a connection or the process. */
export function guardedLogger(logger: Logger): Logger {
  const guard =
    (level: LogLevel): Logger[LogLevel] =>
    (message, error) => {
      try {
        logger[level](message, error)
      } catch {
        // There is nowhere left to report to.
      }
    }
  return { debug: guard('debug'), info: guard('info'), warn: guard('warn'), error: guard('error') }
}
