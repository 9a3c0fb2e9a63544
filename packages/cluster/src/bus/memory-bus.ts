import { ConfigurationError } from '@signalbox/abstractions'
import { BackplaneError } from '../backplane-error.js'
import { ClusterBackplane } from '../cluster-backplane.js'
import type { ClusterBus } from './cluster-bus.js'

/** As every backplane, by default. */
const ackTimeoutMs = 30_000

interface Publication {
  readonly from: MemoryBus
  readonly channel: string
  readonly payload: Buffer
  resolve(subscribers: number): void
  reject(error: BackplaneError): void
}

/** What the nodes of one process hear each other by. Each of them has a bus of its own. */
export class MemoryNetwork {
  readonly #buses = new Set<MemoryBus>()
  #published: Publication[] = []

  connect(): MemoryBus {
    const bus = new MemoryBus(this)
    this.#buses.add(bus)
    return bus
  }

  countSubscribers(channel: string): number {
    let count = 0
    for (const bus of this.#buses) if (bus.isSubscribed(channel)) count++
    return count
  }

  /**
   * For its buses. What one turn of the event loop brings is delivered behind it: no node hears itself while it still
   * publishes.
   */
  publish(publication: Publication): void {
    if (this.#published.push(publication) === 1) setImmediate(() => this.#deliver())
  }

  /** For its buses: what one of them has published and nobody has heard yet. */
  withdraw(from: MemoryBus, error: BackplaneError): void {
    for (const publication of this.#published) if (publication.from === from) publication.reject(error)
    this.#published = this.#published.filter(publication => publication.from !== from)
  }

  leave(bus: MemoryBus): void {
    this.#buses.delete(bus)
  }

  #deliver(): void {
    const published = this.#published
    this.#published = []
    for (const { channel, payload, resolve } of published) {
      const subscribers = [...this.#buses].filter(bus => bus.isSubscribed(channel))
      for (const bus of subscribers) bus.deliver(channel, payload)
      resolve(subscribers.length)
    }
  }
}

interface Subscription {
  readonly onMessage: (payload: Buffer) => void
  holders: number
}

/**
 * Joins the nodes of one process: servers that share their hubs, or the nodes of a test. A channel is subscribed as
 * soon as it is held, and nothing is ever lost, unless a test wants that: see `disconnect`.
 */
export class MemoryBus implements ClusterBus {
  readonly name = 'The network'
  readonly #network: MemoryNetwork
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #onLost: ((error: BackplaneError) => void)[] = []
  readonly #onReady: (() => void)[] = []
  /** Why nothing can be published or heard; undefined while it can. */
  #error: BackplaneError | undefined

  /** Made by `MemoryNetwork.connect`. */
  constructor(network: MemoryNetwork) {
    this.#network = network
  }

  publish(channel: string, payload: Buffer): Promise<number> {
    if (this.#error !== undefined) return Promise.reject(this.#error)
    return new Promise((resolve, reject) => this.#network.publish({ from: this, channel, payload, resolve, reject }))
  }

  subscribe(channel: string, _holder: string, onMessage: (payload: Buffer) => void): Promise<void> | undefined {
    const subscription = this.#subscriptions.get(channel)
    if (subscription === undefined) this.#subscriptions.set(channel, { onMessage, holders: 1 })
    else subscription.holders++
    return this.#error === undefined ? undefined : Promise.reject(this.#error)
  }

  pending(): undefined {
    return undefined
  }

  release(channel: string): void {
    const subscription = this.#subscriptions.get(channel)
    if (subscription !== undefined && --subscription.holders === 0) this.#subscriptions.delete(channel)
  }

  isSubscribed(channel: string): boolean {
    return this.#error === undefined && this.#subscriptions.has(channel)
  }

  countSubscribers(channels: readonly string[]): Promise<readonly number[] | undefined> {
    const counts = channels.map(channel => this.#network.countSubscribers(channel))
    return Promise.resolve(this.#error === undefined ? counts : undefined)
  }

  get isReady(): boolean {
    return this.#error === undefined
  }

  onLost(listener: (error: BackplaneError) => void): void {
    this.#onLost.push(listener)
  }

  onceReady(callback: () => void): void {
    this.#onReady.push(callback)
  }

  /** For the network. */
  deliver(channel: string, payload: Buffer): void {
    this.#subscriptions.get(channel)?.onMessage(payload)
  }

  /** For tests: this node loses the others, as if its cable were pulled, until `reconnect`. */
  disconnect(): void {
    if (this.#error !== undefined) return
    this.#stop(new BackplaneError('SIGNALR_BACKPLANE_UNREACHABLE', 'The network is out of reach.'))
    const lost = new BackplaneError('SIGNALR_BACKPLANE_LOST', 'The network was lost.')
    for (const listener of this.#onLost) listener(lost)
  }

  reconnect(): void {
    if (this.#error?.code !== 'SIGNALR_BACKPLANE_UNREACHABLE') return
    this.#error = undefined
    for (const callback of this.#onReady.splice(0)) callback()
  }

  async close(): Promise<void> {
    this.#stop(new BackplaneError('SIGNALR_BACKPLANE_CLOSED', 'The backplane has been closed.'))
    this.#network.leave(this)
    this.#subscriptions.clear()
  }

  #stop(error: BackplaneError): void {
    this.#error = error
    this.#network.withdraw(this, error)
  }
}

/**
 * A backplane for servers of one process, for the server's option `backplane`: one for each server, all with the same
 * network. An application that serves its hubs on two ports is reached on both, and tests have a cluster without a
 * Redis.
 * @throws ConfigurationError when it gets no `MemoryNetwork`.
 */
export function memoryBackplane(network: MemoryNetwork): ClusterBackplane<MemoryBus> {
  if (!(network instanceof MemoryNetwork))
    throw new ConfigurationError('network', 'memoryBackplane takes what its servers share: new MemoryNetwork().')
  return new ClusterBackplane(() => network.connect(), { ackTimeoutMs, maximumPayloadBytes: Number.POSITIVE_INFINITY })
}
