import { describeValue } from './describe-value.js'

/**
 * A callback of the application has failed. The log tells which one; clients may be told of its cause, if of anything.
 */
export class CallbackError extends Error {
  /** @param callback - what it is called in the options: `hubActivator`, `The policy 'admin'`. */
  constructor(callback: string, cause: unknown) {
    super(`${callback} failed.`, { cause })
  }
}

/**
 * What a callback of the application returned where a plain value is needed at once. An async function returns a
 * promise instead: nobody waits for it, and its rejection would end the process.
 * @param option - whose callback it is, for the error: `userIdProvider`.
 * @param wanted - what it has to return, in words: `a text or undefined`.
 * @throws TypeError that names the option.
 */
export function plainResult<T>(option: string, value: T, accepts: (value: unknown) => boolean, wanted: string): T {
  if (accepts(value)) return value
  if (isPromiseLike(value)) Promise.resolve(value).catch(() => {})
  throw new TypeError(`${option} must return ${wanted}, but returned ${describeValue(value)}.`)
}

/** Promises of other libraries are promises too. */
export const isPromiseLike = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
