import {
  aFunction,
  type ClaimsPrincipal,
  type HttpRequest,
  numberFrom,
  type OptionTable,
  trueOrFalse,
  withDefaults,
} from '@signalbox/abstractions'

/**
 * What an endpoint makes of the time its users' credentials are good for, named as in .NET with the unit in the name.
 * @source HttpConnectionDispatcherOptions
 */
export interface AuthenticationOptions {
  /**
   * Ends a connection once the credentials of its latest GET have expired; the client may reconnect. Default false.
   * .NET: CloseOnAuthenticationExpiration.
   */
  closeOnAuthenticationExpiration?: boolean
  /**
   * Lets clients of .NET 11 renew their credentials by `POST {hub}/refresh` while the connection stays; negotiate tells
   * them `tokenLifetimeSeconds`. Default false. .NET: EnableAuthenticationRefresh.
   */
  enableAuthenticationRefresh?: boolean
  /**
   * Asked before new credentials of the same user take the place of the old ones: true lets them. False refuses them,
   * and so does whatever else it returns or throws. Default no objection. .NET: OnAuthenticationRefresh.
   */
  onAuthenticationRefresh?: (context: AuthenticationRefreshContext) => boolean | Promise<boolean>
  /**
   * With refresh: credentials count no longer than this from when they were shown, even without an end of their own.
   * Default `Infinity`. .NET: MaximumAuthenticationExpiration.
   */
  maximumAuthenticationExpirationMs?: number
}

export const authenticationOptionTable = {
  closeOnAuthenticationExpiration: {
    takes: trueOrFalse,
    doc: 'Ends a connection once the credentials of its latest GET have expired; the client may reconnect.',
    default: false,
    dotNetName: 'CloseOnAuthenticationExpiration',
  },
  enableAuthenticationRefresh: {
    takes: trueOrFalse,
    doc:
      'Lets clients of .NET 11 renew their credentials by `POST {hub}/refresh` while the connection stays; negotiate' +
      ' tells them `tokenLifetimeSeconds`.',
    default: false,
    dotNetName: 'EnableAuthenticationRefresh',
  },
  onAuthenticationRefresh: {
    takes: aFunction('a function that returns true or false, ({ newUser }) => …'),
    doc:
      'Asked before new credentials of the same user take the place of the old ones: true lets them. False refuses' +
      ' them, and so does whatever else it returns or throws.',
    default: () => true,
    defaultText: 'no objection',
    dotNetName: 'OnAuthenticationRefresh',
  },
  maximumAuthenticationExpirationMs: {
    takes: numberFrom(1),
    doc: 'With refresh: credentials count no longer than this from when they were shown, even without an end of their own.',
    default: Infinity,
    dotNetName: 'MaximumAuthenticationExpiration',
  },
} satisfies OptionTable<AuthenticationOptions>

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

/** @throws ConfigurationError that names the option. */
export const resolveAuthenticationOptions = (options: AuthenticationOptions): ResolvedAuthenticationOptions =>
  withDefaults<AuthenticationOptions, typeof authenticationOptionTable>(authenticationOptionTable, options)
