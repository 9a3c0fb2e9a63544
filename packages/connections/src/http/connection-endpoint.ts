import type { ConnectionHandler } from '@signalbox/abstractions'
import type { EndpointAuthentication } from '../authentication/endpoint-authentication.js'
import type { ResolvedConnectionOptions } from '../life/connection-options.js'

/** A mapped path: which application runs there and under which options. */
export interface ConnectionEndpoint {
  /** For the log. */
  readonly path: string
  readonly handler: ConnectionHandler
  readonly options: ResolvedConnectionOptions
  readonly authentication?: EndpointAuthentication | undefined
  /**
   * How long an application may keep a connection whose peer is gone before it is forgotten, in milliseconds. Default: as long as it likes, as
   * hubs may, which end by themselves once `onDisconnected` is done.
   */
  readonly endTimeoutMs?: number | undefined
}
