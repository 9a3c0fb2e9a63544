import { SignalRError } from '@signalbox/abstractions'

/**
 * - `SIGNALR_BACKPLANE_UNREACHABLE`: the bus has not taken it. Clients of other nodes do not get it.
 * - `SIGNALR_BACKPLANE_UNCONFIRMED`: the bus was given it and has not answered. It may have happened, or happen yet.
 * - `SIGNALR_BACKPLANE_REFUSED`: the bus answered with an error, found in `cause`.
 * - `SIGNALR_BACKPLANE_LOST`: the bus was lost while another node was waited for.
 * - `SIGNALR_BACKPLANE_NO_ACK`: the node that owns the connection has not confirmed a change of groups in time.
 * - `SIGNALR_BACKPLANE_TOO_LARGE`: no node would take a message of this size.
 * - `SIGNALR_BACKPLANE_CLOSED`: this server is closing.
 */
export type BackplaneErrorCode =
  | 'SIGNALR_BACKPLANE_UNREACHABLE'
  | 'SIGNALR_BACKPLANE_UNCONFIRMED'
  | 'SIGNALR_BACKPLANE_REFUSED'
  | 'SIGNALR_BACKPLANE_LOST'
  | 'SIGNALR_BACKPLANE_NO_ACK'
  | 'SIGNALR_BACKPLANE_TOO_LARGE'
  | 'SIGNALR_BACKPLANE_CLOSED'

/** The bus, such as Redis, or another node is out of reach: what was asked for failed, connections stay open. */
export class BackplaneError extends SignalRError {
  override readonly name = 'BackplaneError'
  readonly code: BackplaneErrorCode

  constructor(code: BackplaneErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
