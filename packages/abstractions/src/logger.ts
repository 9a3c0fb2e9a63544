export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * Where Signalbox reports. Tokens, query strings and payloads are never passed to it.
 * winston and `console` fit as they are; pino wants the error first: `error: (message, error) => pino.error({ err:
 * error }, message)`.
 */
export interface Logger {
  debug(message: string, error?: unknown): void
  info(message: string, error?: unknown): void
  warn(message: string, error?: unknown): void
  error(message: string, error?: unknown): void
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
