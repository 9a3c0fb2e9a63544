import { hostname } from 'node:os'
import { ConfigurationError, type Node } from '@signalbox/abstractions'
import type { Backplane, BackplaneHub } from '@signalbox/hubs'
import { BackplaneError } from './backplane-error.js'
import type { ClusterBus } from './bus/cluster-bus.js'
import { ClusterHubLifetimeManager, type ClusterOptions } from './cluster-hub-lifetime-manager.js'

/** For health checks and metrics: how the hubs of a server stand with the cluster. */
export interface ClusterHealth {
  /** The bus is ready and every hub hears its four base channels. */
  readonly isReady: boolean
  readonly hubs: readonly { readonly name: string; readonly isReady: boolean; readonly rejectedPayloads: number }[]
}

/** Makes the hubs of a server those of a cluster, over any bus. */
export class ClusterBackplane<Bus extends ClusterBus = ClusterBus> implements Backplane {
  readonly #open: (hub: BackplaneHub) => Bus
  readonly #options: ClusterOptions
  readonly #managers = new Map<string, ClusterHubLifetimeManager>()
  #bus: Bus | undefined

  /** @param open - called once, with the first hub: it brings the log. */
  constructor(open: (hub: BackplaneHub) => Bus, options: ClusterOptions) {
    this.#open = open
    this.#options = options
  }

  /** Undefined before there is a hub. */
  get bus(): Bus | undefined {
    return this.#bus
  }

  /** Opens the bus with the first hub; nothing waits for it. */
  createLifetimeManager(hub: BackplaneHub): ClusterHubLifetimeManager {
    if (this.#managers.has(hub.name))
      throw new ConfigurationError(
        'backplane',
        `Two hubs are named '${hub.name}': give one of them a hubName of its own.`,
      )
    this.#bus ??= this.#open(hub)
    const manager = new ClusterHubLifetimeManager(hub, serverNameOf(hub.node), this.#bus, this.#options)
    this.#managers.set(hub.name, manager)
    return manager
  }

  get isReady(): boolean {
    return this.health.isReady
  }

  get health(): ClusterHealth {
    const hubs = [...this.#managers].map(([name, manager]) => ({
      name,
      isReady: manager.isReady,
      rejectedPayloads: manager.guard.rejectedCount,
    }))
    return { isReady: this.#bus?.isReady === true && hubs.every(({ isReady }) => isReady), hubs }
  }

  async close(): Promise<void> {
    const error = new BackplaneError('SIGNALR_BACKPLANE_CLOSED', 'The backplane has been closed.')
    for (const manager of this.#managers.values()) manager.close(error)
    await this.#bus?.close()
  }
}

/** As .NET makes it; other nodes take any text. */
const serverNameOf = ({ id }: Node): string => `${hostname()}_${id}`
