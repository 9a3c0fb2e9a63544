import type { Agent } from 'node:http'
import { answerWithin, type HttpAnswer, HttpExchange, type HttpRequestOptions } from './drivers/http-exchange.js'
import { HubConnection, type ProtocolName } from './drivers/hub-connection.js'
import { LongPollingTransport } from './drivers/long-polling-transport.js'
import { RawWebSocket } from './drivers/raw-web-socket.js'
import { ServerSentEventsTransport } from './drivers/server-sent-events-transport.js'
import type { Transport, TransportName } from './drivers/transport.js'
import { WebSocketTransport } from './drivers/web-socket-transport.js'
import { webSocketUpgradeHeaders } from './drivers/web-socket-upgrade.js'

export type Product = 'dotnet' | 'signalbox' | 'signalbox-node' | 'unknown'

/** Asks the server's process to end, as an operator does, and gives its exit code. */
export type Terminate = () => Promise<number | string>

export interface OpenOptions {
  readonly transport?: TransportName
  /** Goes into the query of every request, as `name=value&…`. */
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly useStatefulReconnect?: boolean
}

export interface ConnectOptions extends OpenOptions {
  readonly protocol?: ProtocolName
  readonly version?: number
}

export interface NegotiateAnswer {
  readonly useStatefulReconnect?: boolean
  readonly negotiateVersion: number
  readonly connectionId: string
  readonly connectionToken: string
  readonly availableTransports: readonly { transport: string; transferFormats: readonly string[] }[]
}

/** The server as one check sees it; whatever the check opens is let go when the check is over. */
export class ServerUnderTest {
  readonly url: string
  readonly product: Product
  readonly terminate: Terminate
  readonly #agent: Agent
  readonly #opened: (() => unknown)[] = []

  constructor(url: string, product: Product, agent: Agent, terminate: Terminate = cannotTerminate) {
    this.url = url
    this.product = product
    this.terminate = terminate
    this.#agent = agent
  }

  async dispose(): Promise<void> {
    await Promise.allSettled(this.#opened.splice(0).map(letGo => letGo()))
  }

  // Plain HTTP

  start(method: string, path: string, options?: HttpRequestOptions): HttpExchange {
    const exchange = new HttpExchange(this.#agent, this.url + path, method, options)
    this.#opened.push(() => exchange.abort())
    return exchange
  }

  request(method: string, path: string, options?: HttpRequestOptions): Promise<HttpAnswer> {
    return answerWithin(this.start(method, path, options))
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.request('GET', path, { headers })
  }

  post(path: string, body?: string | Uint8Array): Promise<HttpAnswer> {
    return this.request('POST', path, body === undefined ? {} : { body })
  }

  delete(path: string): Promise<HttpAnswer> {
    return this.request('DELETE', path)
  }

  /** A GET with a WebSocket handshake; for the answers that refuse it. */
  upgrade(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.request('GET', path, { headers: { ...webSocketUpgradeHeaders(), ...headers } })
  }

  // One step up: a negotiated connection

  async negotiate(hub: string, query = 'negotiateVersion=1', headers = {}): Promise<NegotiateAnswer> {
    const answer = await this.request('POST', `${hub}/negotiate?${query}`, { headers })
    if (answer.status !== 200) throw new Error(`negotiate was answered ${answer.status} ${answer.body}`)
    return JSON.parse(answer.body)
  }

  /** Where a connection of the hub lives: its path with the token of a fresh negotiation. */
  async negotiatedPath(hub: string): Promise<string> {
    const { connectionToken } = await this.negotiate(hub)
    return `${hub}?id=${connectionToken}`
  }

  /** A WebSocket frame by frame. */
  async rawWebSocket(path: string, headers: Readonly<Record<string, string>> = {}): Promise<RawWebSocket> {
    const upgrade = { headers: { ...webSocketUpgradeHeaders(), ...headers } }
    const socket = await RawWebSocket.open(this.start('GET', path, upgrade))
    this.#opened.push(() => socket.reset())
    return socket
  }

  // And another: a client of a hub

  /** Negotiates and starts the transport; the handshake of the hub protocol is left to the check. */
  async open(hub: string, options: OpenOptions = {}): Promise<HubConnection> {
    const query = options.query ?? ''
    const stateful = options.useStatefulReconnect ? 'useStatefulReconnect=true' : ''
    const ids = await this.negotiate(hub, joinQuery('negotiateVersion=1', stateful, query), options.headers)
    const path = `${hub}?${joinQuery(`id=${ids.connectionToken}`, query)}`
    const transport = await this.openTransport(path, options.transport, options.headers)
    return new HubConnection(transport, ids)
  }

  async connect(hub: string, options: ConnectOptions = {}): Promise<HubConnection> {
    const connection = await this.open(hub, options)
    await connection.handshake(options.protocol, options.version)
    return connection
  }

  /** A new WebSocket for a connection with stateful reconnect whose old one is gone: no negotiation, no handshake. */
  async reattach(hub: string, connection: HubConnection): Promise<HubConnection> {
    const transport = await this.openTransport(`${hub}?id=${connection.connectionToken}`)
    return connection.onNewTransport(transport)
  }

  /** The transport on its own, for a path that holds the token or, with WebSockets, none. */
  async openTransport(path: string, name: TransportName = 'WebSockets', headers = {}): Promise<Transport> {
    const transport = await this.#startTransport(name, path, headers)
    this.#opened.push(() => {
      transport.dispose()
      // Left to itself it would stay until its time-out, and a broadcast of a later check might wait for it.
      return name === 'LongPolling' ? this.start('DELETE', path, { headers }).answer : undefined
    })
    return transport
  }

  #startTransport(name: TransportName, path: string, headers: Record<string, string>): Promise<Transport> {
    const post = async (body: string | Uint8Array) => {
      const { status, body: text } = await this.request('POST', path, { headers, body })
      if (status !== 200) throw new Error(`A send was answered ${status} ${text}`)
    }
    switch (name) {
      case 'WebSockets':
        return WebSocketTransport.open(this.url + path, headers)
      case 'ServerSentEvents':
        return ServerSentEventsTransport.open(this.url + path, headers, post)
      case 'LongPolling':
        return LongPollingTransport.open({
          poll: () => this.start('GET', path, { headers }),
          post,
          delete: () => this.start('DELETE', path, { headers }),
        })
    }
  }
}

function joinQuery(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('&')
}

function cannotTerminate(): never {
  throw new Error('This server was not started by the suite, so it is not the suite that ends it')
}
