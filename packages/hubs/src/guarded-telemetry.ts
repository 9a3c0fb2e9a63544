import { isPromiseLike } from '@signalbox/abstractions'
import type { MessageHeaders } from '@signalbox/protocol'
import type { HubActivity, HubConnectionTelemetry, HubTelemetry } from './hub-telemetry.js'

/** What a hook threw, or rejected with. */
type Report = (hook: string, error: unknown) => void

/** The same telemetry, whose failures are reported and change nothing: what it cannot watch goes on unwatched. */
export const guardedTelemetry = (telemetry: HubTelemetry, report: Report): HubTelemetry => ({
  watch: (hubName, connection) =>
    new GuardedConnectionTelemetry(
      attempt(report, 'watch', () => telemetry.watch(hubName, connection)),
      report,
    ),
})

class GuardedConnectionTelemetry implements HubConnectionTelemetry {
  readonly #telemetry: HubConnectionTelemetry | undefined
  readonly #report: Report

  constructor(telemetry: HubConnectionTelemetry | undefined, report: Report) {
    this.#telemetry = telemetry
    this.#report = report
  }

  startInvocation(methodName: string, headers: MessageHeaders | undefined): HubActivity {
    return this.#start('startInvocation', () => this.#telemetry?.startInvocation(methodName, headers))
  }

  startConnected(): HubActivity {
    return this.#start('startConnected', () => this.#telemetry?.startConnected())
  }

  startDisconnected(): HubActivity {
    return this.#start('startDisconnected', () => this.#telemetry?.startDisconnected())
  }

  #start(hook: string, start: () => HubActivity | undefined): HubActivity {
    const activity = attempt(this.#report, hook, start)
    return activity === undefined ? unwatched : new GuardedActivity(activity, this.#report)
  }
}

class GuardedActivity implements HubActivity {
  readonly #activity: HubActivity
  readonly #report: Report

  constructor(activity: HubActivity, report: Report) {
    this.#activity = activity
    this.#report = report
  }

  /** The part runs once, and what it came to counts, whatever the activity makes of it. */
  run<T>(part: () => T): T {
    const observed = new ObservedPart(part)
    try {
      const result: unknown = this.#activity.run(() => observed.run())
      // Of a part that is asynchronous the rejection is the part's own, and reported elsewhere.
      const report = observed.hasRun ? () => {} : (error: unknown) => this.#report('run', error)
      if (isPromiseLike(result)) Promise.resolve(result).catch(report)
      else if (!observed.hasRun) this.#report('run', new TypeError('run must run the part it is given.'))
    } catch (error) {
      if (!observed.hasThrown(error)) this.#report('run', error)
    }
    return observed.run()
  }

  succeed(): void {
    attempt(this.#report, 'succeed', () => this.#activity.succeed())
  }

  fail(error: unknown): void {
    attempt(this.#report, 'fail', () => this.#activity.fail(error))
  }
}

class ObservedPart<T> {
  readonly #part: () => T
  #outcome: { readonly value: T } | { readonly error: unknown } | undefined

  constructor(part: () => T) {
    this.#part = part
  }

  get hasRun(): boolean {
    return this.#outcome !== undefined
  }

  hasThrown(error: unknown): boolean {
    return this.#outcome !== undefined && 'error' in this.#outcome && this.#outcome.error === error
  }

  /** Runs it the first time; returns and throws the same each time. */
  run(): T {
    this.#outcome ??= this.#try()
    if ('error' in this.#outcome) throw this.#outcome.error
    return this.#outcome.value
  }

  #try(): { readonly value: T } | { readonly error: unknown } {
    try {
      return { value: this.#part() }
    } catch (error) {
      return { error }
    }
  }
}

const unwatched: HubActivity = { run: part => part(), succeed() {}, fail() {} }

/** @returns undefined when it fails, and for a promise, which is nothing to go by. */
function attempt<T>(report: Report, hook: string, call: () => T): T | undefined {
  try {
    const result: unknown = call()
    if (!isPromiseLike(result)) return result as T
    Promise.resolve(result).catch(error => report(hook, error))
  } catch (error) {
    report(hook, error)
  }
  return undefined
}
