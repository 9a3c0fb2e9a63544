import { type ConnectionContext, silentLogger, systemClock } from '@signalbox/abstractions'
import { FakeExchange, RecordingSocket, webSocketRequest } from '@signalbox/conformance'
import {
  ConnectionDispatcher,
  type ConnectionEndpoint,
  HttpConnectionManager,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
} from '@signalbox/connections'
import { DefaultHubLifetimeManager, type HubClass, HubRuntime, hubConnectionHandler } from '@signalbox/hubs'
import { JsonHubProtocol } from '@signalbox/protocol'
import { handshake } from './json-handshake.js'

/**
 * A hub with everything beneath it down to the sockets, which are recorded. Connections go by the order they came in.
 */
export class RecordedServer {
  readonly runtime: HubRuntime
  readonly ids: string[] = []
  readonly sockets: RecordingSocket[] = []
  readonly #exchanges: FakeExchange[] = []
  readonly #dispatcher: ConnectionDispatcher
  readonly #endpoint: ConnectionEndpoint

  constructor(hubClass: HubClass) {
    const protocols = [new JsonHubProtocol()]
    this.runtime = new HubRuntime(hubClass, new DefaultHubLifetimeManager(), protocols, silentLogger, systemClock)
    const manager = new HttpConnectionManager(resolveConnectionManagerOptions({}), systemClock, silentLogger)
    this.#dispatcher = new ConnectionDispatcher(manager, () => true)
    const handler = hubConnectionHandler(this.runtime, {
      userIdProvider: ({ httpRequest }) => httpRequest.query('user'),
    })
    this.#endpoint = {
      path: '/',
      options: resolveConnectionOptions({}),
      handler: (opened: ConnectionContext) => {
        this.ids.push(opened.connectionId)
        void handler(opened)
      },
    }
  }

  connect(userId?: string): void {
    const socket = new RecordingSocket()
    const exchange = new FakeExchange(webSocketRequest('/', userId === undefined ? '' : `user=${userId}`), socket)
    this.#dispatcher.dispatch(exchange, this.#endpoint)
    this.sockets.push(socket)
    this.#exchanges.push(exchange)
    this.receive(this.sockets.length - 1, handshake)
  }

  receive(index: number, text: string): void {
    this.#exchanges[index]!.socketHandler!.onMessage(Buffer.from(text))
  }

  /** The peer has taken everything. */
  drain(index: number): void {
    this.sockets[index]!.drain()
    this.#exchanges[index]!.socketHandler!.onDrain()
  }
}
