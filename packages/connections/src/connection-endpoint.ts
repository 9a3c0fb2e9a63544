import type { ConnectionHandler } from '@signalbox/abstractions'
import type { ResolvedConnectionOptions } from './connection-options.js'
import type { EndpointAuthentication } from './endpoint-authentication.js'

/** A mapped path: which application runs there and under which options. */
export interface ConnectionEndpoint {
  readonly handler: ConnectionHandler
  readonly options: ResolvedConnectionOptions
  readonly authentication?: EndpointAuthentication | undefined
}
