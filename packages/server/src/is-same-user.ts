import { type ClaimsPrincipal, type ConnectionFeatures, nameIdentifier } from '@signalbox/abstractions'
import { isSameIdentity } from '@signalbox/connections'

/**
 * Whether credentials are of the user a connection belongs to. The user id decides; among those who have none, their claims do.
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
