import { type ClaimsPrincipal, isPromiseLike, plainResult } from '@signalbox/abstractions'
import { callbackFailure } from './hub-exception.js'
import type { HubInvocationContext } from './hub-filter.js'
import type { AuthorizationPolicy } from './hub-options.js'

/**
 * Asks one policy, without a promise if that does.
 * @throws, or rejects with, what the policy throws, and a TypeError when it answers neither true nor false.
 */
export function askPolicy(
  name: string,
  policy: AuthorizationPolicy,
  user: ClaimsPrincipal,
  resource: HubInvocationContext | undefined,
): boolean | Promise<boolean> {
  const checked = (answer: boolean) => plainResult(`policies.${name}`, answer, isBoolean, 'true or false')
  const answer = policy(user, resource)
  return isPromiseLike(answer) ? Promise.resolve(answer).then(checked) : checked(answer)
}

const isBoolean = (value: unknown): boolean => typeof value === 'boolean'

/**
 * The same for hub methods.
 * @throws CallbackError (rejects) that names the policy, or the HubException it means for the client.
 */
export async function passesPolicy(...input: Parameters<typeof askPolicy>): Promise<boolean> {
  try {
    return await askPolicy(...input)
  } catch (error) {
    throw callbackFailure(`The policy '${input[0]}'`, error)
  }
}
