import { type IncomingMessage, ServerResponse } from 'node:http'
import { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { NodeServer } from './node-server.js'

/**
 * The answer to a request whose connection Node has taken off its HTTP parser.
 * @returns undefined, and the connection is cut, when an earlier request still waits for its answer: nobody who waits
 * for it himself sends one that would change what the connection speaks.
 */
export function responseOn(socket: Socket, incoming: IncomingMessage): ServerResponse | undefined {
  const response = new ServerResponse(incoming)
  try {
    response.assignSocket(socket)
    return response
  } catch {
    socket.destroy()
    return undefined
  }
}

/** Reads a request that is no handshake again, as an ordinary one, with what came behind it. */
export function giveBackAsOrdinary(server: NodeServer, socket: Socket, incoming: IncomingMessage, head: Buffer): void {
  const response = responseOn(socket, incoming)
  if (response === undefined) return
  response.detachSocket(socket)
  giveBack(server, socket, Buffer.concat([requestWithoutUpgrade(incoming), head]))
}

/**
 * Hands a connection that Node took off its HTTP parser for an upgrade back to the server, with the bytes that are
 * still to be read. Both events are documented for connections that a program puts in.
 */
export function giveBack(server: NodeServer, socket: Socket, bytes: Buffer): void {
  if (socket.destroyed) return
  if (bytes.length > 0) socket.unshift(bytes)
  server.emit(server instanceof SecureServer ? 'secureConnection' : 'connection', socket)
}

/**
 * The head of a request as it came, but without what it wants to upgrade to: read again, it is an ordinary request. A
 * server may ignore an upgrade (RFC 9110, section 7.8), and ASP.NET Core answers a handshake it does not accept like
 * any other GET.
 */
function requestWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[at + 1]}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}
