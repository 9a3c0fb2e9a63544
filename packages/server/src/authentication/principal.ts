import {
  type Claim,
  type ClaimsPrincipal,
  checkOptions,
  listOf,
  nameIdentifier,
  numberFrom,
  type OptionTable,
  optionKind,
  text,
} from '@signalbox/abstractions'
import type { JWTPayload } from 'jose'

export interface PrincipalOptions {
  /**
   * Names the user: becomes the NameIdentifier claim, which `clients.user(…)` and the default user-id provider go by.
   * Default none. .NET: ClaimTypes.NameIdentifier.
   */
  readonly userId?: string
  /** What else is known of the user. Default none. */
  readonly claims?: readonly Claim[]
  /** When the credentials expire, in milliseconds of `Date.now()`. Default never. */
  readonly expiresAt?: number
}

const aClaim = optionKind<Claim>(
  'a claim of two texts, type and value',
  claim =>
    typeof claim === 'object' &&
    claim !== null &&
    typeof (claim as Claim).type === 'string' &&
    typeof (claim as Claim).value === 'string',
)

export const principalOptionTable = {
  userId: {
    takes: text(),
    doc: 'Names the user: becomes the NameIdentifier claim, which `clients.user(…)` and the default user-id provider go by.',
    defaultText: 'none',
    dotNetName: 'ClaimTypes.NameIdentifier',
  },
  claims: {
    takes: listOf("a list such as [{ type: 'role', value: 'admin' }]", aClaim),
    doc: 'What else is known of the user.',
    default: [],
  },
  expiresAt: {
    takes: numberFrom(-Infinity),
    doc: 'When the credentials expire, in milliseconds of `Date.now()`.',
    defaultText: 'never',
  },
} satisfies OptionTable<PrincipalOptions>

/**
 * An authenticated user, for what `authenticate` returns.
 * @throws ConfigurationError that names the option: another name or kind would make the user unreachable in silence.
 * @example
 * createPrincipal({ userId: session.user, claims: [{ type: 'role', value: 'admin' }], expiresAt: session.endsAt })
 */
export function createPrincipal(options: PrincipalOptions): ClaimsPrincipal {
  checkOptions('createPrincipal', principalOptionTable, options)
  const { userId, claims = [], expiresAt } = options
  return new AuthenticatedPrincipal(
    userId === undefined ? claims : [{ type: nameIdentifier, value: userId }, ...claims],
    expiresAt,
  )
}

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

/** Long names of claims, as .NET has them. @source System.Security.Claims.ClaimTypes */
export const claimTypes = {
  nameIdentifier,
  name: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  email: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  role: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
} as const

/** What .NET makes of the short names in a token. @source ClaimTypeMapping.InboundClaimTypeMap */
const longNames: ReadonlyMap<string, string> = new Map([
  ['sub', claimTypes.nameIdentifier],
  ['nameid', claimTypes.nameIdentifier],
  ['unique_name', claimTypes.name],
  ['email', claimTypes.email],
  ['role', claimTypes.role],
  ['roles', claimTypes.role],
])

/**
 * Each claim under the name it has in the token, and under .NET's long name if there is one; a list becomes several
 * claims.
 */
export const claimsOf = (payload: JWTPayload): readonly Claim[] =>
  Object.entries(payload).flatMap(([type, content]) => {
    const values = (Array.isArray(content) ? content : [content]).map(textOf)
    const longName = longNames.get(type)
    const types = longName === undefined ? [type] : [type, longName]
    return types.flatMap(one => values.map(value => ({ type: one, value })))
  })

const textOf = (content: unknown): string => (typeof content === 'string' ? content : JSON.stringify(content))
