import type { ConnectionContext } from '@signalbox/abstractions'
import type { MessageHeaders } from '@signalbox/protocol'

/**
 * What watches the calls of hubs; without it nothing is measured and nothing costs.
 * @source SignalRServerActivitySource
 */
export interface HubTelemetry {
  /**
   * Called for every connection, within the request that opened its transport.
   * @param hubName - full name of the hub, see `HubClass.hubName`.
   */
  watch(hubName: string, connection: ConnectionContext): HubConnectionTelemetry
}

/** What watches the calls of one connection. */
export interface HubConnectionTelemetry {
  /**
   * Called when a hub method is about to run: it exists, its arguments fit and the user may call it.
   * @param methodName - the registered name, whatever case the client used.
   * @param headers - of the message that calls it.
   */
  startInvocation(methodName: string, headers: MessageHeaders | undefined): HubActivity
  startConnected(): HubActivity
  startDisconnected(): HubActivity
}

/**
 * One call under way, to the end of its stream if it has one; ended once, by `succeed` or `fail`, before its answer is
 * written.
 */
export interface HubActivity {
  /** Runs a part of the call, so that what it begins belongs to the call. Returns and throws what `part` does. */
  run<T>(part: () => T): T
  succeed(): void
  /** @param error - whatever was thrown, which may be undefined. */
  fail(error: unknown): void
}

/** Runs all of a call within its activity. */
export async function runActivity(activity: HubActivity, call: () => void | Promise<void>): Promise<void> {
  try {
    await activity.run(call)
  } catch (error) {
    activity.fail(error)
    throw error
  }
  activity.succeed()
}
