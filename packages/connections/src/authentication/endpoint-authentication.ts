import type { ClaimsPrincipal, ConnectionFeatures, HttpRequest } from '@signalbox/abstractions'
import type { HttpExchange } from '../host/host-port.js'
import type { Refusal } from '../refusal.js'
import type { ResolvedAuthenticationOptions } from './authentication-options.js'

/** Who a request comes from, or why it goes no further. */
export type Authorization = { readonly user: ClaimsPrincipal } | { readonly refusal: Refusal }

/** What an endpoint knows about its users. One without it serves anybody, and nobody pays for it. */
export interface EndpointAuthentication {
  /** Asked for every request, before anything else looks at it. Neither throws nor rejects. */
  readonly authorize: (request: HttpRequest) => Authorization | Promise<Authorization>
  /**
   * Whether new credentials belong to the user a connection was made for.
   * @param renewed - what the connection would be with them.
   */
  readonly isSameUser: (connection: ConnectionFeatures, renewed: ConnectionFeatures) => boolean
  readonly options: ResolvedAuthenticationOptions
}

/**
 * Goes on with a request that is let in, and answers one that is not. Without a promise as long as the endpoint needs
 * none.
 * @param onWait - called when it does: last chance to start reading the body.
 */
export function authorizeRequest(
  exchange: HttpExchange,
  authentication: EndpointAuthentication,
  proceed: (user: ClaimsPrincipal) => void | Promise<void>,
  refuse: (exchange: HttpExchange, refusal: Refusal) => void,
  onWait?: () => void,
): void | Promise<void> {
  const settle = (authorization: Authorization): void | Promise<void> => {
    if ('refusal' in authorization) refuse(exchange, authorization.refusal)
    else return proceed(authorization.user)
  }
  const authorization = authentication.authorize(exchange.request)
  if (!(authorization instanceof Promise)) return settle(authorization)
  if (onWait === undefined) return unlessGone(exchange, authorization, settle)
  onWait()
  return authorization.then(settle)
}

/** Goes on with what was waited for, unless the peer went away meanwhile: nobody would be told of that any more. */
export async function unlessGone<T>(
  exchange: HttpExchange,
  promise: Promise<T>,
  proceed: (value: T) => void | Promise<void>,
): Promise<void> {
  let isGone = false
  exchange.onAborted(() => {
    isGone = true
  })
  const value = await promise
  if (!isGone) await proceed(value)
}
