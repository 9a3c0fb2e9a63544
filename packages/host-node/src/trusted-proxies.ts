import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { ConfigurationError } from '@signalbox/abstractions'

/** What a request looked like before it went through proxies. */
export interface ForwardedRequest {
  readonly remoteAddress: string
  /** Undefined where no proxy tells. */
  readonly scheme: 'http' | 'https' | undefined
  readonly host: string | undefined
}

/**
 * The proxies whose `X-Forwarded-…` headers count. Each proxy appends to them what it saw, so they are read from the right, and only as far as
 * it was a trusted proxy that wrote.
 * @source ForwardedHeadersMiddleware.cs
 */
export class TrustedProxies {
  readonly #addresses = new BlockList()
  readonly #isEmpty: boolean

  /** @param list - addresses and networks in CIDR notation. @throws ConfigurationError for what is neither. */
  constructor(list: readonly string[]) {
    this.#isEmpty = list.length === 0
    for (const one of list) this.#add(one)
  }

  /** @param peer - the address the connection comes from. */
  read(peer: string, headers: IncomingHttpHeaders): ForwardedRequest {
    if (this.#isEmpty || !this.#isTrusted(peer)) return { remoteAddress: peer, scheme: undefined, host: undefined }
    const addresses = split(headers['x-forwarded-for'])
    let hops = 1
    while (hops < addresses.length && this.#isTrusted(addresses[addresses.length - hops]!)) hops++
    const scheme = valueAt(hops, headers['x-forwarded-proto'])?.toLowerCase()
    return {
      remoteAddress: addresses[addresses.length - hops] ?? peer,
      scheme: scheme === 'http' || scheme === 'https' ? scheme : undefined,
      host: valueAt(hops, headers['x-forwarded-host']),
    }
  }

  #isTrusted(address: string): boolean {
    const version = isIP(address)
    return version !== 0 && this.#addresses.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }

  #add(one: string): void {
    const [address = '', prefix] = one.split('/')
    const version = isIP(address)
    const bits = version === 4 ? 32 : 128
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
    if (version === 0 || !(length <= bits))
      throw new ConfigurationError(
        'trustedProxies',
        `trustedProxies: '${one}' is neither an IP address nor a network such as 10.0.0.0/8.`,
      )
    this.#addresses.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6')
  }
}

/** What the proxy so many hops away wrote; a list is shorter where a proxy overwrites instead of appending. */
function valueAt(hops: number, header: string | string[] | undefined): string | undefined {
  const values = split(header)
  return values[Math.max(0, values.length - hops)]
}

const split = (header: string | string[] | undefined): string[] =>
  header === undefined
    ? []
    : String(header)
        .split(',')
        .map(one => one.trim())
        .filter(one => one !== '')
