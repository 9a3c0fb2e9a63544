import { ClusterBackplane, type ClusterHubLifetimeManager } from '@signalbox/cluster'
import type { Backplane, BackplaneHub } from '@signalbox/hubs'
import { type RedisBackplaneOptions, resolveRedisBackplaneOptions } from './redis-backplane-options.js'
import { RedisBus } from './redis-bus.js'
import { healthOf, type RedisHealth } from './redis-health.js'

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
    return healthOf(this.#cluster)
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
