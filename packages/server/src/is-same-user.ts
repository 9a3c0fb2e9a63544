import { type ClaimsPrincipal, type ConnectionFeatures, nameIdentifier } from '@signalbox/abstractions'

/**
 * Whether refreshed credentials are of the user a connection belongs to. The user id decides; among those who have none, the claim that names
 * them, and where there is none either, only the very same claims are the same user.
 * @param userIdProvider - default the principal's NameIdentifier claim.
 * @source the default policy of .NET 11, dotnet/aspnetcore#67226
 */
export const isSameUser =
  (userIdProvider: (connection: ConnectionFeatures) => string | undefined = userOf) =>
  (connection: ConnectionFeatures, newUser: ClaimsPrincipal): boolean => {
    const userId = userIdProvider(connection)
    const { transport, supportedFormats, activeFormat, hasInherentKeepAlive, httpRequest, statefulReconnect } =
      connection
    const rest = { transport, supportedFormats, activeFormat, hasInherentKeepAlive, httpRequest, statefulReconnect }
    if (userId !== userIdProvider({ ...rest, user: newUser })) return false
    return (userId !== undefined && userId !== '') || isSameIdentity(connection.user, newUser)
  }

const userOf = ({ user }: ConnectionFeatures): string | undefined => user.findFirst(nameIdentifier)

const namingClaims = ['sub', nameIdentifier, 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn']

function isSameIdentity(user: ClaimsPrincipal, newUser: ClaimsPrincipal): boolean {
  if (!user.isAuthenticated || !newUser.isAuthenticated) return user.isAuthenticated === newUser.isAuthenticated
  const name = nameOf(user)
  return name === nameOf(newUser) && (name !== undefined || haveSameClaims(user, newUser))
}

function nameOf(user: ClaimsPrincipal): string | undefined {
  const type = namingClaims.find(type => user.hasClaim(type))
  return type && `${type} ${user.findFirst(type)}`
}

const haveSameClaims = ({ claims }: ClaimsPrincipal, { claims: newClaims }: ClaimsPrincipal): boolean =>
  claims.length === newClaims.length &&
  claims.every(({ type, value }, index) => type === newClaims[index]?.type && value === newClaims[index]?.value)
