import { hostname } from 'node:os'
import { ConfigurationError, type Node } from '@signalbox/abstractions'
import type { Backplane, BackplaneHub } from '@signalbox/hubs'
import { BackplaneError } from './backplane-error.js'
import {
  type RedisBackplaneOptions,
  type ResolvedRedisBackplaneOptions,
  resolveRedisBackplaneOptions,
} from './redis-backplane-options.js'
import { RedisConnections } from './redis-connections.js'
import { healthOf, type RedisHealth } from './redis-health.js'
import { RedisHubLifetimeManager } from './redis-hub-lifetime-manager.js'

/** Joins the hubs of this process, and ASP.NET Core servers with the same hubs, over one Redis. Made by `redisBackplane`. */
export class RedisBackplane implements Backplane {
  readonly #options: ResolvedRedisBackplaneOptions
  readonly #managers = new Map<string, RedisHubLifetimeManager>()
  #connections: RedisConnections | undefined

  constructor(options: RedisBackplaneOptions) {
    this.#options = resolveRedisBackplaneOptions(options)
  }

  /** Connects with the first hub; nothing waits for it. */
  createLifetimeManager(hub: BackplaneHub): RedisHubLifetimeManager {
    if (this.#managers.has(hub.name))
      throw new ConfigurationError(
        'backplane',
        `Two hubs are named '${hub.name}': give one of them a hubName of its own.`,
      )
    this.#connections ??= new RedisConnections(this.#options, hub.logger, hub.recurringLog, error =>
      this.#onLost(error),
    )
    const manager = new RedisHubLifetimeManager(hub, serverNameOf(hub.node), this.#connections, this.#options)
    this.#managers.set(hub.name, manager)
    return manager
  }

  get isReady(): boolean {
    return this.health.isReady
  }

  get health(): RedisHealth {
    return healthOf(this.#connections, this.#managers)
  }

  async close(): Promise<void> {
    const error = new BackplaneError('SIGNALR_BACKPLANE_CLOSED', 'The backplane has been closed.')
    for (const manager of this.#managers.values()) manager.close(error)
    await this.#connections?.close()
  }

  #onLost(error: BackplaneError): void {
    for (const manager of this.#managers.values()) manager.onLost(error)
  }
}

/**
 * A backplane on Redis for the server's option `backplane`. One for each server.
 * @throws ConfigurationError for an option out of range.
 */
export const redisBackplane = (options: RedisBackplaneOptions = {}): RedisBackplane => new RedisBackplane(options)

/** As .NET makes it; other nodes take any text. */
const serverNameOf = ({ id }: Node): string => `${hostname()}_${id}`
