import type { ClaimsPrincipal } from '@signalbox/abstractions'
import type { HubInvocationContext } from '../authoring/hub-filter.js'
import type { AuthorizationPolicy } from '../authoring/hub-options.js'

/**
 * Whether a user passes: authenticated, and let through by every policy named. A policy nobody has declared lets nobody
 * pass.
 * @param resource - the call, for hub methods; undefined for requests to a hub.
 */
export async function isAuthorized(
  user: ClaimsPrincipal,
  required: true | readonly string[],
  policies: Readonly<Record<string, AuthorizationPolicy>>,
  resource: HubInvocationContext | undefined,
): Promise<boolean> {
  if (!user.isAuthenticated) return false
  if (required === true) return true
  for (const name of required) {
    const policy = Object.hasOwn(policies, name) ? policies[name] : undefined
    if (policy === undefined || !(await policy(user, resource))) return false
  }
  return true
}
