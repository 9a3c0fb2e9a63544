import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { RequestSnapshot } from '@signalbox/connections'

export function copyRequest(incoming: IncomingMessage): RequestSnapshot {
  const { socket, rawHeaders } = incoming
  const headers = ['']
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.push(`${rawHeaders[at]!.toLowerCase()}:${rawHeaders[at + 1]!}`)
  headers.push('')
  const target = splitTarget(incoming.url ?? '/')
  return new RequestSnapshot(
    incoming.method ?? 'GET',
    target.path,
    target.queryString,
    plainAddress(socket.remoteAddress ?? ''),
    headers.join('\n'), // flat: a string built by concatenation keeps its parts
    isEncrypted(socket) ? 'https' : 'http',
    isEncrypted(socket) ? clientCertificateOf(socket) : undefined,
  )
}

const isEncrypted = (socket: Socket): socket is TLSSocket => (socket as Partial<TLSSocket>).encrypted === true

/** One that no authority of the server's has signed says nothing about who shows it. */
const clientCertificateOf = (socket: TLSSocket): X509Certificate | undefined =>
  socket.authorized ? socket.getPeerX509Certificate() : undefined

/** The two parts of a request's target; proxies may send it with scheme and host (RFC 9112, section 3.2.2). */
export function splitTarget(url: string): { readonly path: string; readonly queryString: string } {
  const target = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '')
  const at = target.indexOf('?')
  const path = at < 0 ? target : target.slice(0, at)
  return { path: path === '' ? '/' : path, queryString: at < 0 ? '' : target.slice(at + 1) }
}

/** A server for both versions of IP sees IPv4 as a part of IPv6. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)
