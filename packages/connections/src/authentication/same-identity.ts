import { type ClaimsPrincipal, nameIdentifier } from '@signalbox/abstractions'

const namingClaims = ['sub', nameIdentifier, 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn']

/**
 * What a token says of itself: the next one of the same user says something else.
 * @source RFC 7519; OpenID Connect Core
 */
const claimsOfTokens: ReadonlySet<string> = new Set([
  'exp',
  'nbf',
  'iat',
  'jti',
  'auth_time',
  'nonce',
  'at_hash',
  'sid',
])

/**
 * Whether two sets of credentials are of one person, going by nothing but their claims: by the one that names them, and
 * where there is none, only the same claims are the same person.
 * @source the default policy of .NET 11, dotnet/aspnetcore#67226, but for the claims that a token has about itself
 */
export function isSameIdentity(user: ClaimsPrincipal, newUser: ClaimsPrincipal): boolean {
  if (!user.isAuthenticated || !newUser.isAuthenticated) return user.isAuthenticated === newUser.isAuthenticated
  const name = nameOf(user)
  return name === nameOf(newUser) && (name !== undefined || haveSameClaims(user, newUser))
}

function nameOf(user: ClaimsPrincipal): string | undefined {
  const type = namingClaims.find(type => user.hasClaim(type))
  return type && `${type} ${user.findFirst(type)}`
}

function haveSameClaims(user: ClaimsPrincipal, newUser: ClaimsPrincipal): boolean {
  const [claims, newClaims] = [user, newUser].map(one => one.claims.filter(({ type }) => !claimsOfTokens.has(type)))
  return (
    claims!.length === newClaims!.length &&
    claims!.every(({ type, value }, index) => type === newClaims![index]?.type && value === newClaims![index]?.value)
  )
}
