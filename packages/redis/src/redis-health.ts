import type { ClusterBackplane, ClusterHealth } from '@signalbox/cluster'
import type { RedisBus } from './redis-bus.js'

/** For health checks and metrics: how this process stands with the cluster, and what has happened since the start. */
export interface RedisHealth extends ClusterHealth {
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

export function healthOf({ bus, health }: ClusterBackplane<RedisBus>): RedisHealth {
  const connections = bus?.connections
  return {
    ...health,
    channels: connections?.subscriptions.count ?? 0,
    gaps: connections?.counts.gaps ?? 0,
    gapMs: connections?.counts.gapMs ?? 0,
    failedSends: connections?.publisher.failures ?? 0,
    error: connections?.lastError?.message,
  }
}
