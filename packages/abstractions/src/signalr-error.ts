/** Base of every error Signalbox makes itself; `code` is stable and listed in docs/errors.md. */
export abstract class SignalRError extends Error {
  abstract readonly code: string
}

/** The integrator's mistake, thrown at start-up; under traffic by `createPrincipal` alone, in a request of its caller. */
export class ConfigurationError extends SignalRError {
  override readonly name = 'ConfigurationError'
  readonly code: 'SIGNALR_CONFIGURATION' = 'SIGNALR_CONFIGURATION'
  /** The option or declaration to change. */
  readonly option: string

  constructor(option: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.option = option
  }
}
