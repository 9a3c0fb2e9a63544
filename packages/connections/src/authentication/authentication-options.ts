import type { ClaimsPrincipal, HttpRequest } from '@signalbox/abstractions'
import { atLeast } from '../life/connection-options.js'

/**
 * What an endpoint makes of the time its users' credentials are good for, named as in .NET with the unit in the name.
 * @source HttpConnectionDispatcherOptions
 */
export interface AuthenticationOptions {
  /** Ends a connection once the credentials of its latest GET have expired; the client may reconnect. Default false. */
  closeOnAuthenticationExpiration?: boolean
  /** Lets clients of .NET 11 renew their credentials by `POST {hub}/refresh` while the connection stays. Default false. */
  enableAuthenticationRefresh?: boolean
  /** Asked before new credentials of the same user take the place of the old ones; false refuses them. Default: no objection. */
  onAuthenticationRefresh?: (context: AuthenticationRefreshContext) => boolean | Promise<boolean>
  /** With refresh: credentials count no longer than this from when they were shown, even without an end of their own. Default `Infinity`. */
  maximumAuthenticationExpirationMs?: number
}

/** @source AuthenticationRefreshContext of .NET 11 */
export interface AuthenticationRefreshContext {
  /** The request that brought the new credentials: a refresh, a poll or a socket that resumes. */
  readonly request: HttpRequest
  readonly connectionId: string
  readonly previousUser: ClaimsPrincipal
  readonly newUser: ClaimsPrincipal
  /** In milliseconds of `Date.now()`; undefined: never. */
  readonly newExpiresAt: number | undefined
}

export type ResolvedAuthenticationOptions = Readonly<Required<AuthenticationOptions>>

export const resolveAuthenticationOptions = (options: AuthenticationOptions): ResolvedAuthenticationOptions => ({
  closeOnAuthenticationExpiration: options.closeOnAuthenticationExpiration ?? false,
  enableAuthenticationRefresh: options.enableAuthenticationRefresh ?? false,
  onAuthenticationRefresh: options.onAuthenticationRefresh ?? (() => true),
  maximumAuthenticationExpirationMs: atLeast(
    1,
    'maximumAuthenticationExpirationMs',
    options.maximumAuthenticationExpirationMs ?? Infinity,
  ),
})
