import type { Logger } from '@signalbox/abstractions'

/** Keeps warnings and errors. */
export class RecordingLogger implements Logger {
  readonly warnings: string[] = []
  readonly errors: { readonly message: string; readonly error: unknown }[] = []

  debug(): void {}

  info(): void {}

  warn(message: string): void {
    this.warnings.push(message)
  }

  error(message: string, error?: unknown): void {
    this.errors.push({ message, error })
  }
}
