import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { BodyResult, HostSocketHandler, HttpResponse, RequestSnapshot } from '@signalbox/connections'
import type { BodyRates } from './body-rates.js'
import { NodeExchange } from './node-exchange.js'
import { NodeSocket, type NodeSocketOptions } from './node-socket.js'

/** A connection that Node has taken off its HTTP parser. */
export interface Upgrade {
  readonly socket: Socket
  /** What came behind the request. */
  readonly head: Buffer
  /** The request has been answered in plain HTTP, and the connection may carry another one. */
  onRefused(): void
  readonly webSockets: NodeSocketOptions
}

/** A request that is a WebSocket handshake; it may still be answered like any other. */
export class UpgradeExchange extends NodeExchange {
  readonly #upgrade: Upgrade
  #isWatched = false
  readonly #onDrain = (): void => {
    this.response.emit('drain')
  }
  readonly #onPeerEnd = (): void => {
    this.#upgrade.socket.destroy()
    this.abort()
  }
  /** Asks for the end, if that is all there is to read: what else has come is for whoever takes the socket over. */
  readonly #onReadable = (): void => {
    const { socket } = this.#upgrade
    if (socket.readableLength === 0) socket.read()
  }

  constructor(
    incoming: IncomingMessage,
    response: ServerResponse,
    request: RequestSnapshot,
    bodyRates: BodyRates,
    upgrade: Upgrade,
  ) {
    super(incoming, response, request, bodyRates)
    this.#upgrade = upgrade
    // What the server does for the answers on its own connections.
    upgrade.socket.on('drain', this.#onDrain)
    response.once('finish', () => {
      this.#release()
      if (response.shouldKeepAlive) upgrade.onRefused()
      else upgrade.socket.end()
    })
  }

  /** Whoever waits wants to know: Node has taken its own listeners off. */
  override onAborted(listener: () => void): void {
    super.onAborted(listener)
    const { socket } = this.#upgrade
    if (this.#isWatched) return
    this.#isWatched = true
    socket.once('end', this.#onPeerEnd)
    socket.once('close', this.#onPeerEnd)
    socket.on('readable', this.#onReadable)
    if (socket.destroyed || socket.readableEnded) this.#onPeerEnd()
  }

  override acceptWebSocket(handler: HostSocketHandler, headers?: HttpResponse['headers']): void {
    const { socket, head, webSockets } = this.#upgrade
    if (socket.destroyed || !this.tryFinish()) {
      handler.onClose(false, undefined)
      return
    }
    this.#release()
    socket.setTimeout(0)
    socket.write(handshakeAnswer(this.request.header('sec-websocket-key')?.trim() ?? '', headers))
    if (head.length > 0) socket.unshift(head)
    new NodeSocket(socket, handler, webSockets).open()
  }

  /** A handshake has none. */
  override readBody(_limitBytes: number, done: (result: BodyResult) => void): void {
    done({ kind: 'complete', bytes: new Uint8Array() })
  }

  #release(): void {
    const { socket } = this.#upgrade
    socket.off('drain', this.#onDrain)
    socket.off('end', this.#onPeerEnd)
    socket.off('close', this.#onPeerEnd)
    socket.off('readable', this.#onReadable)
    this.response.detachSocket(this.#upgrade.socket)
  }
}

/** No subprotocol and no compression, whatever the client offers. @source RFC 6455, section 4.2.2 */
function handshakeAnswer(key: string, headers: HttpResponse['headers'] = {}): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket']
  lines.push(`Sec-WebSocket-Accept: ${accept}`)
  for (const [name, value] of Object.entries(headers))
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
