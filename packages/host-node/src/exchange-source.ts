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

/**
 * Requests of one connection that may wait for their answers: Node reads as many as come and cannot be kept from it
 * while it reads the body of one. Kestrel reads the next one when it has answered; hardly a client sends it before.
 */
const mostWaitingRequests = 100

/** Makes exchanges of what one server of node:http receives, and knows the connections they hold. */
export class ExchangeSource {
  readonly #server: NodeServer
  readonly #handler: HostHandler
  readonly #options: ExchangeSourceOptions
  /** With a WebSocket, or with requests whose answers are not out yet, and how many. */
  readonly #busySockets = new Map<Duplex, number>()
  /** Of a connection: how many have not been answered at once and not since. */
  readonly #waitingRequests = new WeakMap<Socket, number>()

  constructor(server: NodeServer, handler: HostHandler, options: ExchangeSourceOptions) {
    this.#server = server
    this.#handler = handler
    this.#options = options
  }

  onRequest(incoming: IncomingMessage, response: ServerResponse): void {
    const { socket } = incoming
    this.#busySockets.set(socket, (this.#busySockets.get(socket) ?? 0) + 1)
    response.once('close', () => this.#onAnswerOut(socket))
    const request = copyRequest(incoming)
    const exchange = new NodeExchange(incoming, response, request, this.#options.bodyRates)
    this.#handler(exchange)
    if (!exchange.isOver) this.#onWaiting(socket, response)
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
    for (const socket of this.#busySockets.keys()) socket.destroy()
    this.#busySockets.clear()
  }

  /** Its request was not answered at once. */
  #onWaiting(socket: Socket, response: ServerResponse): void {
    const waiting = (this.#waitingRequests.get(socket) ?? 0) + 1
    this.#waitingRequests.set(socket, waiting)
    if (waiting > mostWaitingRequests) socket.destroy()
    response.once('prefinish', () => this.#waitingRequests.set(socket, (this.#waitingRequests.get(socket) ?? 1) - 1))
  }

  #onAnswerOut(socket: Socket): void {
    const waiting = (this.#busySockets.get(socket) ?? 0) - 1
    if (waiting > 0) this.#busySockets.set(socket, waiting)
    else this.#busySockets.delete(socket)
  }

  /** Does for a connection without a parser what Node did so far. @returns what undoes it. */
  #hold(socket: Socket): () => void {
    const onError = () => {} // its close follows
    const onClose = () => this.#busySockets.delete(socket)
    this.#busySockets.set(socket, 1)
    socket.on('error', onError)
    socket.once('close', onClose)
    return () => {
      onClose()
      socket.off('error', onError)
      socket.off('close', onClose)
    }
  }
}
