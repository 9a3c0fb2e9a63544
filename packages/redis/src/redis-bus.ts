import type { Logger, RecurringLog } from '@signalbox/abstractions'
import type { BackplaneError, ClusterBus } from '@signalbox/cluster'
import type { ResolvedRedisBackplaneOptions } from './redis-backplane-options.js'
import { RedisConnections } from './redis-connections.js'

/** Joins nodes by Redis's pub/sub. On the wire a prefix stands before the name of each channel. */
export class RedisBus implements ClusterBus {
  readonly name = 'Redis'
  readonly connections: RedisConnections
  readonly #prefix: string
  readonly #onLost: ((error: BackplaneError) => void)[] = []

  constructor(options: ResolvedRedisBackplaneOptions, logger: Logger, recurringLog: RecurringLog) {
    this.#prefix = options.channelPrefix
    this.connections = new RedisConnections(options, logger, recurringLog, error => {
      for (const listener of this.#onLost) listener(error)
    })
  }

  publish(channel: string, payload: Buffer): Promise<number | undefined> {
    return this.connections.publish(this.#prefix + channel, payload)
  }

  subscribe(channel: string, holder: string, onMessage: (payload: Buffer) => void): Promise<void> | undefined {
    return this.connections.subscriptions.subscribe(this.#prefix + channel, holder, onMessage)
  }

  pending(channel: string, holder: string): Promise<void> | undefined {
    return this.connections.subscriptions.pending(this.#prefix + channel, holder)
  }

  release(channel: string, holder: string): void {
    this.connections.subscriptions.release(this.#prefix + channel, holder)
  }

  isSubscribed(channel: string): boolean {
    return this.connections.subscriptions.isSubscribed(this.#prefix + channel)
  }

  countSubscribers(channels: readonly string[]): Promise<readonly number[] | undefined> {
    return this.connections.countSubscribers(channels.map(channel => this.#prefix + channel))
  }

  get isReady(): boolean {
    return this.connections.isReady
  }

  onLost(listener: (error: BackplaneError) => void): void {
    this.#onLost.push(listener)
  }

  onceReady(callback: () => void): void {
    this.connections.publisher.onceReopened(callback)
  }

  close(): Promise<void> {
    return this.connections.close()
  }
}
