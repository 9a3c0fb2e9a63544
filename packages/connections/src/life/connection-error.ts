import { SignalRError } from '@signalbox/abstractions'

export type ConnectionErrorCode = 'SIGNALR_RECEIVE_BUFFER_FULL' | 'SIGNALR_BAD_FRAME'

/** A live transport failed: its connection is closed, nobody else notices. */
export class ConnectionError extends SignalRError {
  override readonly name = 'ConnectionError'
  readonly code: ConnectionErrorCode

  constructor(code: ConnectionErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
