import type { Logger } from '@signalbox/abstractions'

/** Keeps warnings and errors as lines. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = []
  readonly debug = () => {}
  readonly info = () => {}
  readonly warn = (message: string) => void this.lines.push(message)
  readonly error = (message: string, error?: unknown) =>
    void this.lines.push(error === undefined ? message : `${message} ${String(error)}`)
}
