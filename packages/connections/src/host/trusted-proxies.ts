import { BlockList, isIP } from 'node:net'
import { ConfigurationError } from '@signalbox/abstractions'
import { ForwardedRequest, type ReceivedRequest } from './received-request.js'

/**
 * The proxies whose `X-Forwarded-…` headers count. Each proxy appends to them what it saw, so they are read from the
 * right, and only as far as it was a trusted proxy that wrote.
 * @source ForwardedHeadersMiddleware.cs
 */
export class TrustedProxies {
  readonly #addresses = new BlockList()

  /** @param list - addresses and networks in CIDR notation. @throws ConfigurationError for what is neither. */
  constructor(list: readonly string[]) {
    if (!Array.isArray(list))
      throw new ConfigurationError('trustedProxies', "trustedProxies must be a list such as ['10.0.0.0/8'].")
    for (const one of list) this.#add(one)
  }

  /** @returns what the client asked of the first proxy; the request itself when it comes from none that is trusted. */
  read(request: ReceivedRequest): ReceivedRequest {
    if (!this.#isTrusted(request.remoteAddress) || !isForwarded(request)) return request
    const addresses = split(request.header('x-forwarded-for'))
    let { remoteAddress } = request
    let hops = 0
    while (hops < addresses.length && this.#isTrusted(remoteAddress)) {
      const next = addressOf(addresses[addresses.length - 1 - hops]!)
      if (next === undefined) break
      remoteAddress = next
      hops++
    }
    const told = Math.max(hops, 1) // a proxy that hides addresses may still tell the rest
    const scheme = valueAt(told, request.header('x-forwarded-proto'))?.toLowerCase()
    return new ForwardedRequest(request, {
      remoteAddress,
      scheme: scheme === 'http' || scheme === 'https' ? scheme : request.scheme,
      host: valueAt(told, request.header('x-forwarded-host')),
    })
  }

  #isTrusted(address: string): boolean {
    const version = isIP(address)
    return version !== 0 && this.#addresses.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }

  #add(one: string): void {
    const [address = '', prefix] = String(one).split('/')
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

const isForwarded = (request: ReceivedRequest): boolean =>
  ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'].some(name => request.header(name) !== undefined)

/** Some proxies add the port: `203.0.113.9:5678`, `[2001:db8::9]:5678`. */
function addressOf(entry: string): string | undefined {
  const address = /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^([\d.]+):\d+$/.exec(entry)?.[1] ?? entry
  return isIP(address) === 0 ? undefined : address
}

/** What the proxy so many hops away wrote; a list is shorter where a proxy overwrites instead of appending. */
function valueAt(hops: number, header: string | undefined): string | undefined {
  const values = split(header)
  return values[Math.max(0, values.length - hops)]
}

const split = (header: string | undefined): string[] =>
  header === undefined
    ? []
    : header
        .split(',')
        .map(one => one.trim())
        .filter(one => one !== '')
