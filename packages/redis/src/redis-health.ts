import type { RedisConnections } from './redis-connections.js'
import type { RedisHubLifetimeManager } from './redis-hub-lifetime-manager.js'

/** For health checks and metrics: how this process stands with the cluster, and what has happened since the start. */
export interface RedisHealth {
  /** Both connections stand and every hub hears its four base channels. */
  readonly isReady: boolean
  readonly hubs: readonly { readonly name: string; readonly isReady: boolean; readonly rejectedPayloads: number }[]
  /** Channels this process listens to. */
  readonly channels: number
  /** How often, and for how many milliseconds in all, messages of other nodes could be missed. */
  readonly gaps: number
  readonly gapMs: number
  /** Sends that did not reach Redis, or got no answer. */
  readonly failedSends: number
  /** Why Redis cannot be reached; undefined while it can. */
  readonly error: string | undefined
}

export function healthOf(
  connections: RedisConnections | undefined,
  managers: ReadonlyMap<string, RedisHubLifetimeManager>,
): RedisHealth {
  const hubs = [...managers].map(([name, manager]) => ({
    name,
    isReady: manager.isReady,
    rejectedPayloads: manager.guard.rejectedCount,
  }))
  return {
    isReady: connections?.isReady === true && hubs.every(({ isReady }) => isReady),
    hubs,
    channels: connections?.subscriptions.count ?? 0,
    gaps: connections?.counts.gaps ?? 0,
    gapMs: connections?.counts.gapMs ?? 0,
    failedSends: connections?.publisher.failures ?? 0,
    error: connections?.lastError?.message,
  }
}
