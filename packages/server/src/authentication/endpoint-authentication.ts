import type { ConnectionFeatures } from '@signalbox/abstractions'
import { ConfigurationError } from '@signalbox/abstractions'
import {
  type AuthenticationOptions,
  type EndpointAuthentication,
  isSameIdentity,
  resolveAuthenticationOptions,
} from '@signalbox/connections'
import { checkedUserIdProvider, type HubOptions } from '@signalbox/hubs'
import { type Authenticate, createGuard } from './authenticate.js'
import type { NamedPolicy } from './authorization.js'

/**
 * What an endpoint knows about its users.
 * @param policies - undefined when anybody may come in.
 * @returns undefined where nobody asks who comes.
 * @throws ConfigurationError for an endpoint that nobody could enter.
 */
export function endpointAuthentication(
  path: string,
  authenticate: Authenticate | undefined,
  policies: readonly NamedPolicy[] | undefined,
  options: AuthenticationOptions & Pick<HubOptions, 'userIdProvider'>,
): EndpointAuthentication | undefined {
  if (authenticate === undefined) {
    if (policies === undefined) return undefined
    throw new ConfigurationError('authenticate', `${path} is guarded, but without authenticate nobody can come in.`)
  }
  return {
    authorize: createGuard(authenticate, policies),
    isSameUser: isSameUser(options.userIdProvider),
    options: resolveAuthenticationOptions(options),
  }
}

/**
 * Whether credentials are of the user a connection belongs to. The user id decides; among those who have none, their
 * claims do.
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
