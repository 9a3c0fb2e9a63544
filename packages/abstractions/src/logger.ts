export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/**
 * Where Signalbox reports. Tokens, query strings and payloads are never passed to it.
 * pino, winston and `console` fit as they are.
 */
export interface Logger {
  debug(message: string, error?: unknown): void
  info(message: string, error?: unknown): void
  warn(message: string, error?: unknown): void
  error(message: string, error?: unknown): void
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
