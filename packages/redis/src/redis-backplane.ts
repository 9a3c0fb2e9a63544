import { ClusterBackplane, type ClusterHealth, type ClusterHubLifetimeManager } from '@signalbox/cluster'
import type { Backplane, BackplaneHub } from '@signalbox/hubs'
import { type RedisBackplaneOptions, resolveRedisBackplaneOptions } from './redis-backplane-options.js'
import { RedisBus } from './redis-bus.js'

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

/**
 * Joins the hubs of this process, and ASP.NET Core servers with the same hubs, over one Redis. Made by
 * `redisBackplane`.
 */
export class RedisBackplane implements Backplane {
  readonly #cluster: ClusterBackplane<RedisBus>

  constructor(options: RedisBackplaneOptions) {
    const resolved = resolveRedisBackplaneOptions(options)
    this.#cluster = new ClusterBackplane(
      ({ logger, recurringLog }) => new RedisBus(resolved, logger, recurringLog),
      resolved,
    )
  }

  /** Connects with the first hub; nothing waits for it. */
  createLifetimeManager(hub: BackplaneHub): ClusterHubLifetimeManager {
    return this.#cluster.createLifetimeManager(hub)
  }

  get isReady(): boolean {
    return this.#cluster.isReady
  }

  get health(): RedisHealth {
    const { bus, health } = this.#cluster
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

  close(): Promise<void> {
    return this.#cluster.close()
  }
}

/**
 * A backplane on Redis for the server's option `backplane`. One for each server.
 * @throws ConfigurationError for an option out of range.
 */
export const redisBackplane = (options: RedisBackplaneOptions = {}): RedisBackplane => new RedisBackplane(options)
