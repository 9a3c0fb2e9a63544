import type {
  Host,
  HostHandler,
  HostSocket,
  HostSocketHandler,
  HostStreamHandler,
  HttpExchange,
} from '@signalbox/connections'
import { RawConnection } from '../raw-clients/raw-connection.js'
import { type RawRequest, readHead, writeRequest } from '../raw-clients/raw-http.js'
import { handshakeHeaders, RawWebSocket } from '../raw-clients/raw-web-socket.js'
import { EventQueue } from '../waiting/event-queue.js'

/** A host that listens, the clients that connect to it, and the requests that have come. */
export class HostUnderTest {
  readonly host: Host
  readonly port: number
  readonly #exchanges: EventQueue<HttpExchange>
  readonly #connections: RawConnection[] = []

  private constructor(host: Host, port: number, exchanges: EventQueue<HttpExchange>) {
    this.host = host
    this.port = port
    this.#exchanges = exchanges
  }

  /**
   * @param handler - for what must happen before the host's callback returns; without it requests wait in
   * `nextExchange`.
   */
  static async start(createHost: () => Host, handler?: HostHandler): Promise<HostUnderTest> {
    const host = createHost()
    const exchanges = new EventQueue<HttpExchange>()
    const port = await host.listen(
      { port: 0, hostname: '127.0.0.1' },
      handler ?? (exchange => exchanges.push(exchange)),
    )
    return new HostUnderTest(host, port, exchanges)
  }

  async connect(): Promise<RawConnection> {
    const connection = await RawConnection.open(this.port)
    this.#connections.push(connection)
    return connection
  }

  /** The next request, some time after the host's callback has returned. */
  nextExchange(): Promise<HttpExchange> {
    return this.#exchanges.next()
  }

  /** Sends a request on a connection of its own. */
  async exchange(request: RawRequest): Promise<{ connection: RawConnection; exchange: HttpExchange }> {
    const connection = await this.connect()
    writeRequest(connection, request)
    return { connection, exchange: await this.nextExchange() }
  }

  /** Opens a WebSocket, accepted by a recording handler. */
  async webSocket(): Promise<{ client: RawWebSocket; socket: HostSocket; events: RecordingSocketHandler }> {
    const { connection, exchange } = await this.exchange({ path: '/', headers: handshakeHeaders })
    const events = new RecordingSocketHandler()
    exchange.acceptWebSocket(events)
    const client = new RawWebSocket(connection, await readHead(connection))
    return { client, socket: await events.opened.next(), events }
  }

  stop(): void {
    for (const connection of this.#connections) connection.vanish()
    this.host.terminate()
  }
}

/** Keeps what a host tells about a WebSocket. */
export class RecordingSocketHandler implements HostSocketHandler {
  readonly opened = new EventQueue<HostSocket>()
  readonly messages = new EventQueue<Buffer>()
  readonly drains = new EventQueue<void>()
  readonly closes = new EventQueue<{ readonly graceful: boolean; readonly error: Error | undefined }>()

  onOpen(socket: HostSocket): void {
    this.opened.push(socket)
  }

  onMessage(bytes: Uint8Array): void {
    this.messages.push(Buffer.from(bytes))
  }

  onDrain(): void {
    this.drains.push()
  }

  onClose(graceful: boolean, error: Error | undefined): void {
    this.closes.push({ graceful, error })
  }
}

/** Keeps what a host tells about a streamed answer. */
export class RecordingStreamHandler implements HostStreamHandler {
  readonly drains = new EventQueue<void>()
  readonly aborts = new EventQueue<void>()

  onDrain(): void {
    this.drains.push()
  }

  onAborted(): void {
    this.aborts.push()
  }
}
