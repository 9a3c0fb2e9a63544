import { isPromiseLike } from './options/plain-result.js'
import type { RecurringLog } from './recurring-log.js'

/** What observes, and the extension it belongs to. */
export interface NamedObserver<Observer> {
  readonly name: string
  readonly observer: Observer
}

/** A hook of an extension has failed: the log names both, at most once a minute. */
export function reportHookFailure(log: RecurringLog, name: string, hook: string, error: unknown): void {
  log.error(`extensionFailed ${name}.${hook}`, `${hook} of the extension '${name}' failed.`, error)
}

/**
 * Makes one function of a hook that several extensions have. It calls them in the order given; what one throws, or
 * rejects with, is logged, and the others are called all the same.
 * @returns undefined where none of them has the hook, so that what nobody observes costs nothing.
 */
export function composeObservers<Observer, Hook extends keyof Observer & string>(
  observers: readonly NamedObserver<Observer>[],
  hook: Hook,
  log: RecurringLog,
): Observer[Hook] | undefined {
  const hooks = observers
    .filter(({ observer }) => observer[hook] !== undefined)
    .map(({ name, observer }) => {
      const report = (error: unknown) => reportHookFailure(log, name, hook, error)
      return { call: (observer[hook] as (...input: unknown[]) => unknown).bind(observer), report }
    })
  if (hooks.length === 0) return undefined
  const callAll = (...input: unknown[]): void => {
    for (const { call, report } of hooks) {
      try {
        const result = call(...input)
        if (isPromiseLike(result)) Promise.resolve(result).catch(report)
      } catch (error) {
        report(error)
      }
    }
  }
  return callAll as Observer[Hook]
}
