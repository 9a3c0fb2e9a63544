import type { Logger } from '@signalbox/abstractions'

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
