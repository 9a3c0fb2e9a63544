import { type ConnectionContext, type ConnectionReceiver, silentLogger } from '@signalbox/abstractions'
import {
  type BodyResult,
  ConnectionDispatcher,
  type ConnectionEndpoint,
  type ConnectionManagerOptions,
  type ConnectionOptions,
  ExchangeWithHeaders,
  type Host,
  HttpConnectionManager,
  type HttpExchange,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
} from '@signalbox/connections'
import { RawConnection } from '../raw-clients/raw-connection.js'
import {
  type RawRequest,
  type RawResponse,
  readChunk,
  readHead,
  readResponse,
  writeRequest,
} from '../raw-clients/raw-http.js'
import { handshakeHeaders, RawWebSocket } from '../raw-clients/raw-web-socket.js'
import { EventQueue } from '../waiting/event-queue.js'
import { ManualClock } from '../waiting/manual-clock.js'

export interface DispatcherServerOptions extends ConnectionOptions, ConnectionManagerOptions {
  readonly areOriginsAllowed?: boolean
}

/**
 * A raw application on one connection. It never closes by itself, so connections stay registered as long as a test
 * wants.
 */
export class Application implements ConnectionReceiver {
  readonly connection: ConnectionContext
  readonly received = new EventQueue<string>()
  readonly ends = new EventQueue<{ readonly error: Error | undefined; readonly graceful: boolean }>()

  constructor(connection: ConnectionContext) {
    this.connection = connection
    connection.receiver = this
  }

  onReceive(bytes: Uint8Array): void {
    this.received.push(Buffer.from(bytes).toString())
  }

  onEnd(error: Error | undefined, graceful: boolean): void {
    this.ends.push({ error, graceful })
  }

  onHeartbeat(): void {}

  send(text: string): void {
    this.connection.send(Buffer.from(text))
  }
}

/** A request that has been dispatched, and the connection it came on. */
export interface SentRequest {
  readonly connection: RawConnection
  /** Waits for the answer. */
  answer(): Promise<RawResponse>
}

/** The dispatcher at `/hub` and `/other` on a real host, with a clock that is turned by hand. */
export class DispatcherServer {
  readonly clock = new ManualClock()
  readonly manager: HttpConnectionManager
  readonly warnings: string[] = []
  /** Started applications, in order. */
  readonly applications = new EventQueue<Application>()
  /** Bodies that have been read and dealt with. */
  readonly bodies = new EventQueue<BodyResult['kind']>()
  readonly #dispatched = new EventQueue<void>()
  readonly #connections: RawConnection[] = []
  readonly #host: Host
  readonly #dispatcher: ConnectionDispatcher
  readonly #endpoints: ReadonlyMap<string, ConnectionEndpoint>
  port = 0
  /** Where clients come from: any of 127.0.0.0/8. */
  address = '127.0.0.1'

  private constructor(host: Host, options: DispatcherServerOptions) {
    this.#host = host
    const logger = { ...silentLogger, warn: (message: string) => void this.warnings.push(message) }
    this.manager = new HttpConnectionManager(resolveConnectionManagerOptions(options), this.clock, logger)
    this.#dispatcher = new ConnectionDispatcher(this.manager, () => options.areOriginsAllowed ?? true)
    const handler = (connection: ConnectionContext) => this.applications.push(new Application(connection))
    const endpoint = (path: string): ConnectionEndpoint => ({
      path,
      handler,
      options: resolveConnectionOptions(options),
    })
    this.#endpoints = new Map([
      ['/hub', endpoint('/hub')],
      ['/other', endpoint('/other')],
    ])
  }

  static async start(createHost: () => Host, options: DispatcherServerOptions = {}): Promise<DispatcherServer> {
    const server = new DispatcherServer(createHost(), options)
    server.port = await server.#host.listen({ port: 0, hostname: '127.0.0.1' }, exchange => server.#handle(exchange))
    return server
  }

  stop(): void {
    for (const connection of this.#connections) connection.vanish()
    this.#host.terminate()
  }

  /** One second of the server's time. */
  beat(seconds = 1): void {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1000)
      this.manager.onHeartbeat()
    }
  }

  async connect(): Promise<RawConnection> {
    const connection = await RawConnection.open(this.port, this.address)
    this.#connections.push(connection)
    return connection
  }

  /** Sends a request and waits until the server has dealt with it, answered or not. */
  async send(request: RawRequest, connection?: RawConnection): Promise<SentRequest> {
    const used = connection ?? (await this.connect())
    writeRequest(used, request)
    await this.#dispatched.next()
    return { connection: used, answer: () => readResponse(used, request.method) }
  }

  async request(request: RawRequest, connection?: RawConnection): Promise<RawResponse> {
    const sent = await this.send(request, connection)
    return sent.answer()
  }

  /** @returns the token of a fresh connection. */
  async negotiate(path = '/hub'): Promise<string> {
    const { body } = await this.request({ method: 'POST', path: `${path}/negotiate?negotiateVersion=1` })
    return JSON.parse(body.toString()).connectionToken
  }

  async webSocket(token: string): Promise<{ client: RawWebSocket; application: Application }> {
    const { connection } = await this.send({ path: `/hub?id=${token}`, headers: handshakeHeaders })
    return {
      client: new RawWebSocket(connection, await readHead(connection)),
      application: await this.applications.next(),
    }
  }

  /** An event stream whose head and first comment have been read. */
  async eventStream(token: string): Promise<{ connection: RawConnection; application: Application }> {
    const { connection } = await this.send({ path: `/hub?id=${token}`, headers: { Accept: 'text/event-stream' } })
    await readHead(connection)
    await readChunk(connection)
    return { connection, application: await this.applications.next() }
  }

  /** A long-polling connection that has had its first poll. */
  async longPolling(): Promise<{ token: string; application: Application }> {
    const token = await this.negotiate()
    await this.request({ path: `/hub?id=${token}` })
    return { token, application: await this.applications.next() }
  }

  #handle(exchange: HttpExchange): void {
    const observed = new ObservedExchange(exchange, this.bodies)
    const { path } = exchange.request
    const endpoint = this.#endpoints.get(path)
    if (endpoint === undefined)
      this.#dispatcher.negotiate(observed, this.#endpoints.get(path.replace('/negotiate', ''))!)
    else this.#dispatcher.dispatch(observed, endpoint)
    this.#dispatched.push()
  }
}

/** Tells when a body has been dealt with. */
class ObservedExchange extends ExchangeWithHeaders {
  readonly #bodies: EventQueue<BodyResult['kind']>

  constructor(exchange: HttpExchange, bodies: EventQueue<BodyResult['kind']>) {
    super(exchange, {})
    this.#bodies = bodies
  }

  override readBody(limitBytes: number, done: (result: BodyResult) => void, admits?: (bytes: number) => boolean): void {
    const onRead = (result: BodyResult) => {
      done(result)
      this.#bodies.push(result.kind)
    }
    super.readBody(limitBytes, onRead, admits)
  }
}
