import { type Claim, type ClaimsPrincipal, nameIdentifier } from '@signalbox/abstractions'

export interface PrincipalOptions {
  /** Names the user: becomes the NameIdentifier claim, which `clients.user(…)` and the default user-id provider go by. */
  readonly userId?: string
  readonly claims?: readonly Claim[]
  /** When the credentials expire, in milliseconds of `Date.now()`; default never. */
  readonly expiresAt?: number
}

/**
 * An authenticated user, for what `authenticate` returns.
 * @example createPrincipal({ userId: session.user, claims: [{ type: 'role', value: 'admin' }], expiresAt: session.endsAt })
 */
export const createPrincipal = ({ userId, claims = [], expiresAt }: PrincipalOptions): ClaimsPrincipal =>
  new AuthenticatedPrincipal(
    userId === undefined ? claims : [{ type: nameIdentifier, value: userId }, ...claims],
    expiresAt,
  )

class AuthenticatedPrincipal implements ClaimsPrincipal {
  readonly isAuthenticated = true
  readonly claims: readonly Claim[]
  readonly expiresAt: number | undefined

  constructor(claims: readonly Claim[], expiresAt: number | undefined) {
    this.claims = claims
    this.expiresAt = expiresAt
  }

  findFirst(type: string): string | undefined {
    return this.claims.find(claim => claim.type === type)?.value
  }

  hasClaim(type: string, value?: string): boolean {
    return this.claims.some(claim => claim.type === type && (value === undefined || claim.value === value))
  }
}
