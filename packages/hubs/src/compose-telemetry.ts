import {
  type ConnectionContext,
  type NamedObserver,
  type RecurringLog,
  reportHookFailure,
} from '@signalbox/abstractions'
import type { MessageHeaders } from '@signalbox/protocol'
import { guardedTelemetry } from './guarded-telemetry.js'
import type { HubActivity, HubConnectionTelemetry, HubTelemetry } from './hub-telemetry.js'

/**
 * Makes one telemetry of several; each brackets the parts of a call within those before it. What one of them throws is
 * logged, and changes nothing.
 * @returns undefined for none.
 */
export function composeTelemetry(
  all: readonly NamedObserver<HubTelemetry>[],
  log: RecurringLog,
): HubTelemetry | undefined {
  const guarded = all.map(({ name, observer }) =>
    guardedTelemetry(observer, (hook, error) => reportHookFailure(log, name, hook, error)),
  )
  return guarded.length < 2 ? guarded[0] : new TelemetryOfSeveral(guarded)
}

class TelemetryOfSeveral implements HubTelemetry {
  readonly #all: readonly HubTelemetry[]

  constructor(all: readonly HubTelemetry[]) {
    this.#all = all
  }

  watch(hubName: string, connection: ConnectionContext): HubConnectionTelemetry {
    return new ConnectionTelemetryOfSeveral(this.#all.map(telemetry => telemetry.watch(hubName, connection)))
  }
}

class ConnectionTelemetryOfSeveral implements HubConnectionTelemetry {
  readonly #all: readonly HubConnectionTelemetry[]

  constructor(all: readonly HubConnectionTelemetry[]) {
    this.#all = all
  }

  startInvocation(methodName: string, headers: MessageHeaders | undefined): HubActivity {
    return new ActivityOfSeveral(this.#all.map(telemetry => telemetry.startInvocation(methodName, headers)))
  }

  startConnected(): HubActivity {
    return new ActivityOfSeveral(this.#all.map(telemetry => telemetry.startConnected()))
  }

  startDisconnected(): HubActivity {
    return new ActivityOfSeveral(this.#all.map(telemetry => telemetry.startDisconnected()))
  }
}

class ActivityOfSeveral implements HubActivity {
  readonly #all: readonly HubActivity[]

  constructor(all: readonly HubActivity[]) {
    this.#all = all
  }

  run<T>(part: () => T): T {
    const runFrom = (index: number): T => {
      const activity = this.#all[index]
      return activity === undefined ? part() : activity.run(() => runFrom(index + 1))
    }
    return runFrom(0)
  }

  succeed(): void {
    for (const activity of this.#all) activity.succeed()
  }

  fail(error: unknown): void {
    for (const activity of this.#all) activity.fail(error)
  }
}
