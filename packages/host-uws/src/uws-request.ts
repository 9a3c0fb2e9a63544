import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import { RequestSnapshot } from '@signalbox/connections'

/** Used again for each request: nothing but the one string is left of it. */
const parts: string[] = []

/** Copies a request before its callback returns: uWebSockets.js takes it back then. */
export function copyRequest(response: HttpResponse, request: HttpRequest, scheme: 'http' | 'https'): RequestSnapshot {
  parts.length = 0
  parts.push('\n')
  request.forEach((name, value) => {
    parts.push(name, ':', value, '\n')
  })
  const headers = parts.join('') // flat: a string built by concatenation keeps its parts
  return new RequestSnapshot(
    request.getCaseSensitiveMethod(),
    request.getUrl(),
    (request.getQuery() as string | undefined) ?? '', // undefined without a query, whatever its type says
    shortAddress(Buffer.from(response.getRemoteAddressAsText()).toString('latin1')),
    headers,
    scheme,
  )
}

const ipv4InIpv6 = '0000:0000:0000:0000:0000:ffff:'

/**
 * uWebSockets.js writes addresses of IPv6 with all their zeros, and IPv4 as a part of them where it listens for both.
 */
function shortAddress(address: string): string {
  if (!address.includes(':')) return address
  if (!address.startsWith(ipv4InIpv6)) return new URL(`http://[${address}]`).hostname.slice(1, -1)
  return Buffer.from(address.slice(ipv4InIpv6.length).replace(':', ''), 'hex').join('.')
}
