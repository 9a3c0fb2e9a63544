import type { HttpConnection } from './http-connection.js'

/** Those that one client's network has pending, the oldest first. */
interface PendingNetwork {
  readonly network: string
  readonly connections: Set<HttpConnection>
}

/**
 * Connections that have negotiated and not connected yet, bounded. One more than allowed takes the place of the oldest
 * of the network that has most of them, so that a client who negotiates again and again is in nobody's way but its own.
 */
export class PendingConnections {
  readonly #maximum: number
  readonly #networks = new Map<string, PendingNetwork>()
  readonly #networkOf = new Map<HttpConnection, PendingNetwork>()

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  /** @returns the connection that has to go, and the network it is of. */
  add(connection: HttpConnection, address: string): { connection: HttpConnection; network: string } | undefined {
    const name = networkOf(address)
    const displaced = this.#networkOf.size < this.#maximum ? undefined : this.#displaced(name)
    if (displaced !== undefined) this.delete(displaced.connection)
    let network = this.#networks.get(name)
    if (network === undefined) {
      network = { network: name, connections: new Set() }
      this.#networks.set(name, network)
    }
    network.connections.add(connection)
    this.#networkOf.set(connection, network)
    return displaced
  }

  delete(connection: HttpConnection): void {
    const network = this.#networkOf.get(connection)
    if (network === undefined) return
    this.#networkOf.delete(connection)
    network.connections.delete(connection)
    if (network.connections.size === 0) this.#networks.delete(network.network)
  }

  /** Of several that have equally many, the newcomer's own. */
  #displaced(newcomer: string): { connection: HttpConnection; network: string } | undefined {
    let largest = this.#networks.get(newcomer)
    for (const network of this.#networks.values())
      if (largest === undefined || network.connections.size > largest.connections.size) largest = network
    const [connection] = largest?.connections ?? []
    return connection === undefined || largest === undefined ? undefined : { connection, network: largest.network }
  }
}

/**
 * What one client has to itself: an IPv4 address, or the 2^64 IPv6 addresses of its link.
 * @source RFC 4291, section 2.5.4
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail = ''] = address.split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail)]
  const zeros = new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0)
  const groups = [...before, ...zeros, ...after]
  const isIPv4 = groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0)
  const network = isIPv4 ? groups : groups.slice(0, 4)
  return network.map(group => group.toString(16)).join(':')
}

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16))
