import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type HostHandler, isWebSocketHandshake } from '@signalbox/connections'
import type { BodyRates } from './body-rates.js'
import { giveBack, giveBackAsOrdinary, responseOn } from './give-back.js'
import { NodeExchange } from './node-exchange.js'
import { copyRequest } from './node-request.js'
import type { NodeServer } from './node-server.js'
import type { NodeSocketOptions } from './node-socket.js'
import { UpgradeExchange } from './upgrade-exchange.js'

export interface ExchangeSourceOptions {
  readonly webSockets: NodeSocketOptions
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
    const request = copyRequest(incoming)
    this.#handler(new NodeExchange(incoming, response, request, this.#options.bodyRates))
  }

  /** Node hands over every request that asks for an upgrade, whatever it wants to upgrade to. */
  onUpgrade(incoming: IncomingMessage, stream: Duplex, head: Buffer): void {
    const socket = stream as Socket
    const request = copyRequest(incoming)
    if (!isWebSocketHandshake(request)) {
      giveBackAsOrdinary(this.#server, socket, incoming, head)
      return
    }
    const release = this.#hold(socket)
    const response = responseOn(socket, incoming)
    if (response === undefined) return
    const onRefused = () => {
      release()
      giveBack(this.#server, socket, head)
    }
    const { webSockets, bodyRates } = this.#options
    this.#handler(new UpgradeExchange(incoming, response, request, bodyRates, { socket, head, onRefused, webSockets }))
  }

  terminate(): void {
    for (const socket of this.#busySockets) socket.destroy()
    this.#busySockets.clear()
  }

  /** Does for a connection without a parser what Node did so far. @returns what undoes it. */
  #hold(socket: Socket): () => void {
    const onError = () => {} // its close follows
    const onClose = () => this.#busySockets.delete(socket)
    this.#busySockets.add(socket)
    socket.on('error', onError)
    socket.once('close', onClose)
    return () => {
      onClose()
      socket.off('error', onError)
      socket.off('close', onClose)
    }
  }
}
