import type { RedisAddress } from './redis-backplane-options.js'

/**
 * The nodes of a Redis Cluster: those of the options, and those the cluster has told of. Connections take turns with
 * them.
 */
export class RedisClusterNodes {
  readonly #listed: readonly RedisAddress[]
  #learnt: readonly RedisAddress[] = []
  #turn: number

  constructor(listed: readonly RedisAddress[]) {
    this.#listed = listed
    this.#turn = Math.floor(Math.random() * listed.length)
  }

  /** The nodes of the options, then the others. */
  get all(): readonly RedisAddress[] {
    return [...this.#listed, ...this.#learnt]
  }

  isListed(address: RedisAddress): boolean {
    return this.#listed.some(one => keyOfAddress(one) === keyOfAddress(address))
  }

  next(): RedisAddress {
    const { all } = this
    this.#turn = (this.#turn + 1) % all.length
    return all[this.#turn]!
  }

  /**
   * @param slots - what `CLUSTER SLOTS` answers: of each range of slots its ends, its master and its replicas, each an
   *    array that begins with address and port. Addresses may be missing: they are the one that was asked.
   * @param asked - where the answer comes from.
   */
  learn(slots: unknown, asked: RedisAddress): void {
    const known = new Set(this.#listed.map(keyOfAddress))
    const learnt: RedisAddress[] = []
    for (const range of Array.isArray(slots) ? slots : [])
      for (const [host, port] of Array.isArray(range) ? range.slice(2).filter(Array.isArray) : []) {
        const address = { host: host ? String(host) : asked.host, port: Number(port) }
        const key = keyOfAddress(address)
        if (!Number.isInteger(address.port) || known.has(key)) continue
        known.add(key)
        learnt.push(address)
      }
    this.#learnt = learnt
  }
}

export const keyOfAddress = ({ host, port }: RedisAddress): string => `${host}:${port}`
