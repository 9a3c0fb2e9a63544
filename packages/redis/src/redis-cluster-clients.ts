import type { Redis } from 'ioredis'
import type { RedisAddress } from './redis-backplane-options.js'
import { keyOfAddress, type RedisClusterNodes } from './redis-cluster-nodes.js'

interface Node {
  readonly client: Redis
  /**
   * Whether its answer is needed. A node that was learnt may be announced with an address that means nothing here: it is
   * needed once it has been reached, and while its first attempt to connect is under way (undefined).
   */
  counts: boolean | undefined
}

/** Connections to all nodes of a Redis Cluster: each knows its own subscribers only, so every one is asked. */
export class RedisClusterClients {
  readonly #nodes: RedisClusterNodes
  readonly #connect: (address: RedisAddress) => Redis
  readonly #byAddress = new Map<string, Node>()

  constructor(nodes: RedisClusterNodes, connect: (address: RedisAddress) => Redis) {
    this.#nodes = nodes
    this.#connect = connect
    this.refresh()
  }

  get clients(): Redis[] {
    return [...this.#byAddress.values()].map(({ client }) => client)
  }

  /** How many nodes listen to each of these channels. Rejects when a node does not say. */
  async count(channels: readonly string[]): Promise<number[]> {
    const asked = [...this.#byAddress.values()].filter(({ counts }) => counts !== false)
    const answers = await Promise.all(asked.map(({ client }) => client.pubsub('NUMSUB', ...channels)))
    return channels.map((_, index) => answers.reduce((sum, answer) => sum + Number(answer[2 * index + 1]), 0))
  }

  /** To be called when the cluster may have other nodes than before. */
  refresh(): void {
    const current = new Map(this.#nodes.all.map(address => [keyOfAddress(address), address]))
    for (const [key, { client }] of this.#byAddress)
      if (!current.has(key)) {
        this.#byAddress.delete(key)
        client.disconnect()
      }
    for (const [key, address] of current) if (!this.#byAddress.has(key)) this.#add(key, address)
  }

  #add(key: string, address: RedisAddress): void {
    const node: Node = { client: this.#connect(address), counts: this.#nodes.isListed(address) || undefined }
    node.client.on('ready', () => {
      node.counts = true
    })
    node.client.on('close', () => {
      node.counts ??= false
    })
    this.#byAddress.set(key, node)
  }
}
