import { anonymous, type ClaimsPrincipal, type HttpRequest, type Logger } from '@signalbox/abstractions'
import type { Authorization, EndpointAuthentication, HttpResponse } from '@signalbox/connections'
import type { AuthorizationPolicy } from '@signalbox/hubs'
import { checkResponse } from './check-response.js'

/** Nobody is known, and what a 401 tells the client about it: the value of `WWW-Authenticate`. */
export interface AuthenticationChallenge {
  readonly challenge: string
}

export type AuthenticationResult = ClaimsPrincipal | AuthenticationChallenge | undefined

/**
 * Who a request comes from; undefined or a challenge when nobody is known. Asked for every request of every hub: negotiate, each poll, each
 * POST. What it throws is logged and answered 401, so it must not be what wrong credentials lead to.
 */
export type Authenticate = (request: HttpRequest) => AuthenticationResult | Promise<AuthenticationResult>

const unauthorized = (result: AuthenticationResult): HttpResponse =>
  result !== undefined && 'challenge' in result
    ? checkResponse({ status: 401, headers: { 'WWW-Authenticate': result.challenge } })
    : { status: 401 }
const forbidden: HttpResponse = { status: 403 }
const failed: HttpResponse = { status: 500 }

/**
 * The guard of an endpoint: 401 for nobody known, 403 for someone a policy does not let pass.
 * @param policies - undefined when anybody may come in.
 * @source AuthorizationMiddleware; seen on ASP.NET Core 10.0.12
 */
export function createGuard(
  authenticate: Authenticate,
  policies: readonly AuthorizationPolicy[] | undefined,
  logger: Logger,
): EndpointAuthentication['authorize'] {
  const authorize = (result: AuthenticationResult): Authorization | Promise<Authorization> => {
    const user = result === undefined || 'challenge' in result ? anonymous : result
    if (policies === undefined) return { user }
    if (!user.isAuthenticated) return { refusal: unauthorized(result) }
    return policies.length === 0 ? { user } : askPolicies(user, policies, logger)
  }
  return request => {
    // The path only: a query holds tokens.
    const refuse = (error: unknown): Authorization => {
      logger.error(`authenticate failed for a ${request.method} to ${request.path}.`, error)
      return { refusal: unauthorized(undefined) }
    }
    try {
      const result = authenticate(request)
      return isPromiseLike(result) ? Promise.resolve(result).then(authorize).catch(refuse) : authorize(result)
    } catch (error) {
      return refuse(error)
    }
  }
}

/** Without a promise as long as no policy needs one. */
function askPolicies(
  user: ClaimsPrincipal,
  policies: readonly AuthorizationPolicy[],
  logger: Logger,
): Authorization | Promise<Authorization> {
  const fail = (error: unknown): Authorization => {
    logger.error('An authorization policy failed.', error)
    return { refusal: failed }
  }
  try {
    for (const [index, policy] of policies.entries()) {
      const passes = policy(user, undefined)
      const go = (doesPass: boolean) =>
        doesPass ? askPolicies(user, policies.slice(index + 1), logger) : { refusal: forbidden }
      if (isPromiseLike(passes)) return Promise.resolve(passes).then(go).catch(fail)
      if (!passes) return { refusal: forbidden }
    }
    return { user }
  } catch (error) {
    return fail(error)
  }
}

const isPromiseLike = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
