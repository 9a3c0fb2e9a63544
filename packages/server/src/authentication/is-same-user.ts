import type { ConnectionFeatures } from '@signalbox/abstractions'
import { isSameIdentity } from '@signalbox/connections'
import { checkedUserIdProvider, type HubOptions } from '@signalbox/hubs'

/**
 * Whether credentials are of the user a connection belongs to. The user id decides; among those who have none, their claims do.
 * @param userIdProvider - default the principal's NameIdentifier claim.
 * @source the default policy of .NET 11, dotnet/aspnetcore#67226
 */
export const isSameUser = (userIdProvider?: HubOptions['userIdProvider']) => {
  const userIdOf = checkedUserIdProvider(userIdProvider)
  return (connection: ConnectionFeatures, renewed: ConnectionFeatures): boolean => {
    const userId = userIdOf(connection)
    if (userId !== userIdOf(renewed)) return false
    return (userId !== undefined && userId !== '') || isSameIdentity(connection.user, renewed.user)
  }
}
