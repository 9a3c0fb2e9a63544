/** A statement about a user, for example `{ type: 'role', value: 'admin' }`. */
export interface Claim {
  readonly type: string
  readonly value: string
}

/** Type of the claim that names a user. @source ClaimTypes.NameIdentifier */
export const nameIdentifier = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'

/** Who a request comes from. @source System.Security.Claims.ClaimsPrincipal */
export interface ClaimsPrincipal {
  /** False for the anonymous principal only. */
  readonly isAuthenticated: boolean
  readonly claims: readonly Claim[]
  /** When its credentials expire, in milliseconds of `Date.now()`; undefined: never. */
  readonly expiresAt: number | undefined
  /** Value of the first claim of a type. */
  findFirst(type: string): string | undefined
  hasClaim(type: string, value?: string): boolean
}

/** Nobody known. */
export const anonymous: ClaimsPrincipal = {
  isAuthenticated: false,
  claims: [],
  expiresAt: undefined,
  findFirst: () => undefined,
  hasClaim: () => false,
}
