import {
  anonymous,
  CallbackError,
  type ClaimsPrincipal,
  type HttpRequest,
  nameIdentifier,
  plainResult,
} from '@signalbox/abstractions'
import type { HttpConnectionFeatures } from '../life/http-connection-features.js'
import type { AuthenticationRefreshContext } from './authentication-options.js'
import type { EndpointAuthentication } from './endpoint-authentication.js'
import { isSameIdentity } from './same-identity.js'

/** The connection whose credentials they are. */
export interface CredentialsOwner {
  readonly connectionId: string
  /** `features` are undefined while the connection has not been opened. */
  readonly life: { readonly features: HttpConnectionFeatures | undefined }
  /** `features.user` is not what it was. */
  onAuthenticationRefreshed(): void
}

/** The credentials a connection lives on: those of its latest GET, or of a refresh. @source HttpConnectionContext */
export class ConnectionCredentials {
  readonly #authentication: EndpointAuthentication
  /** Whose it is until somebody opens it. */
  #negotiator: ClaimsPrincipal = anonymous
  #user: ClaimsPrincipal = anonymous
  /** Those that the latest refresh has replaced. */
  #replaced: ClaimsPrincipal | undefined
  #expiresAt = Infinity

  constructor(authentication: EndpointAuthentication) {
    this.#authentication = authentication
  }

  /** Whether they are over, at an endpoint that minds. */
  get haveExpired(): boolean {
    return this.#authentication.options.closeOnAuthenticationExpiration && Date.now() >= this.#expiresAt
  }

  /**
   * A GET has been let in.
   * @returns false when its user is not the one of the GET before, which is worth a warning and nothing else.
   */
  replace(user: ClaimsPrincipal, isFirst: boolean): boolean {
    const previous = this.#user
    this.#negotiator = anonymous
    // Whoever refreshed it before it was opened has no say: nobody knew whose it would be.
    if (!isFirst && (this.#isRollback(user) || this.#isStraggler(user))) return true
    this.#take(user)
    return isFirst || previous.findFirst(nameIdentifier) === user.findFirst(nameIdentifier)
  }

  negotiate(user: ClaimsPrincipal): void {
    this.#negotiator = user
  }

  /**
   * Whether these are the credentials of another user, who has no business with the connection even if they know its
   * token.
   * @param features - undefined while the connection has not been opened.
   */
  isForeign(features: HttpConnectionFeatures | undefined, user: ClaimsPrincipal): boolean {
    const { isSameUser, options } = this.#authentication
    const owner = features === undefined ? this.#negotiator : this.#user
    if (user === owner) return false
    if (features !== undefined && options.enableAuthenticationRefresh)
      return !isSameUser(features, features.withUser(user))
    // What nobody known has begun goes on when they sign in.
    return owner.isAuthenticated && !isSameIdentity(owner, user)
  }

  /** Whether a GET brings credentials that the application of an endpoint with refresh has to agree to. */
  wouldChange(user: ClaimsPrincipal): boolean {
    if (!this.#authentication.options.enableAuthenticationRefresh || user === this.#user) return false
    return !this.#isRollback(user) && !this.#isStraggler(user) && !isEqual(user, this.#user)
  }

  /**
   * New credentials for a connection that lives.
   * @returns false when they are refused, as are those of another user; nothing has changed then.
   */
  async refresh(connection: CredentialsOwner, request: HttpRequest, user: ClaimsPrincipal): Promise<boolean> {
    if (this.isForeign(connection.life.features, user)) return false
    const isAccepted = await this.#isAccepted({
      request,
      connectionId: connection.connectionId,
      previousUser: this.#user,
      newUser: user,
      newExpiresAt: finite(expirationOf(user, this.#authentication)),
    })
    // Once more: somebody may have opened it meanwhile.
    if (!isAccepted || this.isForeign(connection.life.features, user)) return false
    if (this.#isRollback(user)) return true
    this.#replaced = this.#user
    this.#take(user)
    if (connection.life.features !== undefined) connection.life.features.user = user
    connection.onAuthenticationRefreshed()
    return true
  }

  /** @throws CallbackError (rejects) for what the application throws, and when it answers neither true nor false. */
  async #isAccepted(context: AuthenticationRefreshContext): Promise<boolean> {
    try {
      const answer = await this.#authentication.options.onAuthenticationRefresh(context)
      return plainResult('onAuthenticationRefresh', answer, value => typeof value === 'boolean', 'true or false')
    } catch (error) {
      throw new CallbackError('onAuthenticationRefresh', error)
    }
  }

  /** With refresh, a token that is older than the one in force changes nothing, in whatever order the two arrive. */
  #isRollback(user: ClaimsPrincipal): boolean {
    const { enableAuthenticationRefresh } = this.#authentication.options
    return enableAuthenticationRefresh && endOf(user) < endOf(this.#user) && this.#user !== anonymous
  }

  /**
   * Whether a GET brings the credentials that the latest refresh has replaced. Ends are in whole seconds, so a token
   * that was refreshed within the second it was made ends with its successor, and a poll may have left with it before.
   */
  #isStraggler(user: ClaimsPrincipal): boolean {
    if (this.#replaced === undefined || !isEqual(user, this.#replaced)) return false
    return endOf(user) === endOf(this.#user) && user.expiresAt !== undefined
  }

  #take(user: ClaimsPrincipal): void {
    this.#user = user
    this.#expiresAt = expirationOf(user, this.#authentication)
  }
}

/**
 * Seconds a client may count on; undefined when there is no end to them, or it has come.
 * @source ProcessNegotiate of .NET 11
 */
export function tokenLifetimeSeconds(
  user: ClaimsPrincipal,
  authentication: EndpointAuthentication,
): number | undefined {
  const expiresAt = expirationOf(user, authentication)
  const seconds = Math.floor((expiresAt - Date.now()) / 1000)
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 2_147_483_647) : undefined
}

function expirationOf(user: ClaimsPrincipal, { options }: EndpointAuthentication): number {
  if (!options.enableAuthenticationRefresh || user === anonymous) return endOf(user)
  return Math.min(endOf(user), Date.now() + options.maximumAuthenticationExpirationMs)
}

const endOf = (user: ClaimsPrincipal): number => user.expiresAt ?? Infinity

const finite = (time: number): number | undefined => (time === Infinity ? undefined : time)

const isEqual = (a: ClaimsPrincipal, b: ClaimsPrincipal): boolean =>
  a.isAuthenticated === b.isAuthenticated &&
  endOf(a) === endOf(b) &&
  a.claims.length === b.claims.length &&
  a.claims.every(({ type, value }, index) => type === b.claims[index]?.type && value === b.claims[index]?.value)
