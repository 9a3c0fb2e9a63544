import { SignalRError } from '@signalbox/abstractions'

/** The body of a request is not what its handler reads. A handler that does not catch it answers with its status and its message. */
export class RequestBodyError extends SignalRError {
  override readonly name = 'RequestBodyError'
  readonly code: 'SIGNALR_REQUEST_BODY' = 'SIGNALR_REQUEST_BODY'
  /** 400 no JSON, or cut off; 413 too large; 415 another content type. */
  readonly status: 400 | 413 | 415

  constructor(status: 400 | 413 | 415, message: string) {
    super(message)
    this.status = status
  }
}
