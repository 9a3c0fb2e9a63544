import type { Logger } from '@signalbox/abstractions'

/** Keeps what it is told. */
export class RecordingLogger implements Logger {
  readonly details: string[] = []
  readonly warnings: string[] = []
  readonly errors: { readonly message: string; readonly error: unknown }[] = []

  debug(message: string): void {
    this.details.push(message)
  }

  info(): void {}

  warn(message: string): void {
    this.warnings.push(message)
  }

  error(message: string, error?: unknown): void {
    this.errors.push({ message, error })
  }
}
