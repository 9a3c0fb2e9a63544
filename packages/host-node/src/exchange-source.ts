import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type HostHandler, isWebSocketHandshake } from '@signalbox/connections'
import type { BodyRates } from './body-rates.js'
import { giveBack, requestWithoutUpgrade } from './give-back.js'
import { NodeExchange } from './node-exchange.js'
import type { NodeServer } from './node-host.js'
import { copyRequest } from './node-request.js'
import type { NodeSocketOptions } from './node-socket.js'
import type { TrustedProxies } from './trusted-proxies.js'
import { UpgradeExchange } from './upgrade-exchange.js'

export interface ExchangeSourceOptions {
  readonly webSockets: NodeSocketOptions
  readonly proxies: TrustedProxies
  readonly bodyRates: BodyRates
}

/** Makes exchanges of what one server of node:http receives, and knows the connections they hold. */
export class ExchangeSource {
  readonly #server: NodeServer
  readonly #handler: HostHandler
  readonly #options: ExchangeSourceOptions
  /** With a request that has no answer yet, or a WebSocket. */
  readonly #busySockets = new Set<Duplex>()

  constructor(server: NodeServer, handler: HostHandler, options: ExchangeSourceOptions) {
    this.#server = server
    this.#handler = handler
    this.#options = options
  }

  onRequest(incoming: IncomingMessage, response: ServerResponse): void {
    const { socket } = incoming
    this.#busySockets.add(socket)
    response.once('close', () => this.#busySockets.delete(socket))
    const request = copyRequest(incoming, this.#options.proxies)
    this.#handler(new NodeExchange(incoming, response, request, this.#options.bodyRates))
  }

  /** Node hands over every request that asks for an upgrade, whatever it wants to upgrade to. */
  onUpgrade(incoming: IncomingMessage, stream: Duplex, head: Buffer): void {
    const socket = stream as Socket
    const request = copyRequest(incoming, this.#options.proxies)
    if (!isWebSocketHandshake(request)) {
      giveBack(this.#server, socket, Buffer.concat([requestWithoutUpgrade(incoming), head]))
      return
    }
    const onError = () => {} // its close follows
    socket.on('error', onError)
    this.#busySockets.add(socket)
    socket.once('close', () => this.#busySockets.delete(socket))
    const response = new ServerResponse(incoming)
    response.assignSocket(socket)
    const onRefused = () => {
      socket.off('error', onError)
      this.#busySockets.delete(socket)
      giveBack(this.#server, socket, head)
    }
    const { webSockets, bodyRates } = this.#options
    const upgrade = { socket, head, onRefused, webSockets }
    this.#handler(new UpgradeExchange(incoming, response, request, bodyRates, upgrade))
  }

  terminate(): void {
    for (const socket of this.#busySockets) socket.destroy()
    this.#busySockets.clear()
  }
}
