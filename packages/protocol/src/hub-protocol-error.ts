import { SignalRError } from '@signalbox/abstractions'

/**
 * The peer broke the rules of the wire: the connection is closed.
 * `exceptionType` and the message are what ASP.NET Core shows a client when detailed errors are on.
 */
export class HubProtocolError extends SignalRError {
  override readonly name = 'HubProtocolError'
  readonly code: 'SIGNALR_PROTOCOL' = 'SIGNALR_PROTOCOL'
  /** Short .NET type name in detailed texts. */
  readonly exceptionType: string

  constructor(message: string, exceptionType = 'InvalidDataException', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.exceptionType = exceptionType
  }
}
