import {
  anonymous,
  type ClaimsPrincipal,
  type HttpRequest,
  isPromiseLike,
  plainResult,
  printable,
} from '@signalbox/abstractions'
import type { Authorization, EndpointAuthentication, HttpResponse, Refusal } from '@signalbox/connections'
import { askPolicy } from '@signalbox/hubs'
import { checkResponse } from '../requests/request-handler.js'
import type { NamedPolicy } from './authorization.js'

/** Nobody is known, and what a 401 tells the client about it: the value of `WWW-Authenticate`. */
export interface AuthenticationChallenge {
  readonly challenge: string
  /** More than that, for the log alone. */
  readonly reason?: string
}

export type AuthenticationResult = ClaimsPrincipal | AuthenticationChallenge | undefined

/**
 * Who a request comes from; undefined or a challenge when nobody is known. Asked for every request of every hub:
 * negotiate, each poll, each POST. What it throws is logged and answered 401, so it must not be what wrong credentials
 * lead to.
 */
export type Authenticate = (request: HttpRequest) => AuthenticationResult | Promise<AuthenticationResult>

const cause = 'unauthenticated'
const nobody: Refusal = {
  cause,
  response: { status: 401 },
  reason: 'authenticate knows no user for it, and authorize asks for one.',
}
function unauthorized(result: AuthenticationResult): Refusal {
  if (result === undefined || !('challenge' in result)) return nobody
  const { challenge, reason } = result
  const because = reason === undefined ? '' : ` (${printable(reason, 200)})`
  let response: HttpResponse
  try {
    response = checkResponse({ status: 401, headers: { 'WWW-Authenticate': challenge } })
  } catch (error) {
    return { cause: 'authenticateFailed', response: { status: 500 }, reason: 'its challenge can be no header.', error }
  }
  return { cause, response, reason: `authenticate answers ${printable(challenge, 200)}${because}` }
}

const forbidden = (policy: string): Refusal => ({
  cause: 'forbidden',
  response: { status: 403 },
  reason: `the policy '${policy}' does not let its user pass.`,
})

const failAuthenticate = (error: unknown): Authorization => ({
  refusal: { cause: 'authenticateFailed', response: { status: 401 }, reason: 'authenticate failed.', error },
})

/**
 * The guard of an endpoint: 401 for nobody known, 403 for someone a policy does not let pass.
 * @param policies - undefined when anybody may come in.
 * @source AuthorizationMiddleware; seen on ASP.NET Core 10.0.12
 */
export function createGuard(
  authenticate: Authenticate,
  policies: readonly NamedPolicy[] | undefined,
): EndpointAuthentication['authorize'] {
  const authorize = (result: AuthenticationResult): Authorization | Promise<Authorization> => {
    plainResult('authenticate', result, isAuthenticationResult, 'a principal, a challenge or undefined')
    const user = result === undefined || 'challenge' in result ? anonymous : result
    if (policies === undefined) return { user }
    if (!user.isAuthenticated) return { refusal: unauthorized(result) }
    return policies.length === 0 ? { user } : askPolicies(user, policies)
  }
  return request => {
    try {
      const result = authenticate(request)
      return isPromiseLike(result) ? Promise.resolve(result).then(authorize).catch(failAuthenticate) : authorize(result)
    } catch (error) {
      return failAuthenticate(error)
    }
  }
}

/** Without a promise as long as no policy needs one. */
function askPolicies(user: ClaimsPrincipal, policies: readonly NamedPolicy[]): Authorization | Promise<Authorization> {
  for (const [index, { name, isMet }] of policies.entries()) {
    const fail = (error: unknown): Authorization => ({
      refusal: { cause: 'policyFailed', response: { status: 500 }, reason: `the policy '${name}' failed.`, error },
    })
    try {
      const passes = askPolicy(name, isMet, user, undefined)
      const go = (doesPass: boolean) =>
        doesPass ? askPolicies(user, policies.slice(index + 1)) : { refusal: forbidden(name) }
      if (passes instanceof Promise) return passes.then(go).catch(fail)
      if (!passes) return { refusal: forbidden(name) }
    } catch (error) {
      return fail(error)
    }
  }
  return { user }
}

/** A principal that can do nothing would fail every request later, one by one. */
function isAuthenticationResult(value: unknown): boolean {
  if (value === undefined) return true
  if (typeof value !== 'object' || value === null) return false
  const { challenge, isAuthenticated, claims, findFirst } = value as Partial<ClaimsPrincipal & AuthenticationChallenge>
  if (challenge !== undefined) return typeof challenge === 'string'
  return typeof isAuthenticated === 'boolean' && Array.isArray(claims) && typeof findFirst === 'function'
}
