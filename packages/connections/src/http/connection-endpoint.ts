import type { ClaimsPrincipal, ConnectionHandler, HttpRequest } from '@signalbox/abstractions'
import type { EndpointAuthentication } from '../authentication/endpoint-authentication.js'
import type { HttpResponse } from '../host/host-port.js'
import type { ResolvedConnectionOptions } from '../life/connection-options.js'
import type { NegotiateRedirect } from './negotiate.js'

/** Where a client that negotiates is sent, or an answer as it is; undefined where it is served here. */
export type NegotiateAnswer = NegotiateRedirect | HttpResponse | undefined

/** A mapped path: which application runs there and under which options. */
export interface ConnectionEndpoint {
  /** For the log. */
  readonly path: string
  readonly handler: ConnectionHandler
  readonly options: ResolvedConnectionOptions
  readonly authentication?: EndpointAuthentication | undefined
  /** Asked when a client that is let in negotiates. Neither throws nor rejects. */
  readonly negotiate?:
    | ((request: HttpRequest, user: ClaimsPrincipal) => NegotiateAnswer | Promise<NegotiateAnswer>)
    | undefined
  /**
   * How long an application may keep a connection whose peer is gone before it is forgotten, in milliseconds. Default:
   * as long as it likes, as hubs may, which end by themselves once `onDisconnected` is done.
   */
  readonly endTimeoutMs?: number | undefined
}
