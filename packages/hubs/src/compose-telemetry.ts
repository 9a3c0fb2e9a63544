import type { ConnectionContext } from '@signalbox/abstractions'
import type { MessageHeaders } from '@signalbox/protocol'
import type { HubActivity, HubConnectionTelemetry, HubTelemetry } from './hub-telemetry.js'

/**
 * Makes one telemetry of several; each brackets the parts of a call within those before it.
 * @returns undefined for none, and the only one as it is.
 */
export const composeTelemetry = (all: readonly HubTelemetry[]): HubTelemetry | undefined =>
  all.length < 2 ? all[0] : new TelemetryOfSeveral(all)

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
