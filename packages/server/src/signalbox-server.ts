import { setTimeout } from 'node:timers/promises'
import { createNode, type Logger, type Node, RecurringLog, systemClock, withDefaults } from '@signalbox/abstractions'
import {
  ConnectionDispatcher,
  CorsPolicy,
  HttpConnectionManager,
  type IterableConnectionHandler,
  resolveConnectionManagerOptions,
  type TlsFiles,
  TrustedProxies,
} from '@signalbox/connections'
import type { NodeServer } from '@signalbox/host-node'
import type { ActivatedHubClass, AnyHub, Hub, HubActivator, HubClass, HubContext } from '@signalbox/hubs'
import { JsonHubProtocol } from '@signalbox/protocol'
import { consoleLogger, guardedLogger } from './application-logger.js'
import { Extensions } from './extensions/extensions.js'
import type { ExtendedServer, MappedHub } from './extensions/server-extension.js'
import { ownHealth, type ServerHealth, serverHealth } from './extensions/server-health.js'
import { Hosts } from './hosting/hosts.js'
import {
  type ListenAddress,
  resolveListenAddress,
  type ServerAddress,
  serverAddress,
} from './hosting/listen-address.js'
import { Endpoints } from './mapping/endpoints.js'
import { MappedHubs } from './mapping/mapped-hubs.js'
import { checkOptions } from './options/check-options.js'
import {
  type CloseOptions,
  closeOptionTable,
  type MapConnectionOptions,
  type MapHubOptions,
  type ServerOptions,
} from './options/server-options.js'
import type { HttpMethod } from './requests/method-table.js'
import type { ParamsOf } from './requests/path-pattern.js'
import type { MapRequestOptions, RequestHandler } from './requests/request-handler.js'
import { RequestHandlers } from './requests/request-handlers.js'
import { RequestPipeline } from './requests/request-pipeline.js'
import { Router } from './requests/router.js'

/** The methods a hub's clients offer, from the hub's class. */
export type ClientOf<THub> = THub extends Hub<infer TClient> ? TClient : never

/** A SignalR server: hubs mapped to paths on a host. Made by `createServer`. */
export class SignalboxServer implements ExtendedServer {
  /** What other nodes, health checks and telemetry know this server by. */
  readonly node: Node = createNode()
  readonly #logger: Logger
  readonly #recurringLog: RecurringLog
  readonly #extensions: Extensions
  readonly #manager: HttpConnectionManager
  readonly #router: Router
  readonly #handlers: RequestHandlers
  readonly #hosts: Hosts
  readonly #hubs: MappedHubs
  readonly #endpoints: Endpoints
  #starting: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: ServerOptions) {
    checkOptions('createServer', options)
    const logger = guardedLogger(options.logger ?? consoleLogger)
    const recurringLog = new RecurringLog(logger)
    const extensions = new Extensions(options, recurringLog)
    const managerOptions = resolveConnectionManagerOptions(options)
    const cors = new CorsPolicy(options.allowedOrigins, recurringLog)
    if (cors.admitsAll) logger.warn(anyOriginWarning)
    const { connections, admitRequest } = extensions
    this.#manager = new HttpConnectionManager(managerOptions, systemClock, logger, connections, recurringLog)
    const router = new Router(new ConnectionDispatcher(this.#manager, request => cors.isOriginAllowed(request)))
    const pipeline = new RequestPipeline(router, cors, recurringLog, {
      trustedProxies: options.trustedProxies && new TrustedProxies(options.trustedProxies),
      responseHeaders: options.responseHeaders,
      admitRequest,
    })
    const hosts = new Hosts(options.host, (exchange, host) => pipeline.handle(exchange, host), logger, recurringLog)
    const protocols = [new JsonHubProtocol(), ...(options.protocols ?? [])]
    const hubs = new MappedHubs(this.node, protocols, extensions, logger, recurringLog)
    const endTimeoutMs = managerOptions.disconnectTimeoutMs
    this.#endpoints = new Endpoints(options, { router, hosts, extensions, hubs, protocols, recurringLog, endTimeoutMs })
    this.#handlers = new RequestHandlers(router, recurringLog)
    for (const { name, method, path, handler, ...limits } of extensions.routes)
      this.#handlers.map(method, path, handler, limits, name)
    for (const { host } of extensions.hosts) hosts.add(host)
    this.#logger = logger
    this.#recurringLog = recurringLog
    this.#extensions = extensions
    this.#router = router
    this.#hosts = hosts
    this.#hubs = hubs
  }

  /** Connections that are negotiated, open or about to be forgotten. */
  get connectionCount(): number {
    return this.#manager.count
  }

  /**
   * How often each thing that traffic causes has been refused or has failed since the start, by cause: `originRefused`,
   * `bodyTooLarge`… The log has the first of each and then one line a minute.
   */
  get refusals(): ReadonlyMap<string, number> {
    return this.#recurringLog.counts
  }

  /**
   * Serves a hub at a path. One class may be mapped to several paths; its clients are one set then.
   * @throws ConfigurationError when the path is taken, the class no hub, an option unknown or out of range, a policy
   * unknown, or a hub method cannot be one.
   */
  mapHub(path: string, hubClass: HubClass, options?: MapHubOptions): void
  mapHub(path: string, hubClass: ActivatedHubClass, options: MapHubOptions & { hubActivator: HubActivator }): void
  mapHub(path: string, hubClass: ActivatedHubClass, options: MapHubOptions = {}): void {
    this.#endpoints.mapHub(path, hubClass, options)
  }

  /**
   * Serves raw connections, without the hub protocol, at a path. A connection lives as long as the promise of its
   * handler.
   * @throws ConfigurationError when the path is taken, an option unknown or out of range, or a policy unknown.
   * @example
   * server.mapConnection('/echo', async connection => {
   *   for await (const bytes of connection) await connection.send(bytes)
   * })
   */
  mapConnection(path: string, handler: IterableConnectionHandler, options: MapConnectionOptions = {}): void {
    this.#endpoints.mapConnection(path, handler, options)
  }

  /**
   * Answers plain HTTP requests at a path, with parameters (`/orders/:id`) or below a prefix that ends with `*`.
   * Without a method it takes any; with one, HEAD is answered as GET, and other methods get 405. What is mapped as it
   * is goes before parameters, and these before prefixes.
   * @throws ConfigurationError when the path or method is none, or taken.
   */
  mapRequest<TPath extends string>(
    path: TPath,
    handler: RequestHandler<ParamsOf<TPath>>,
    options?: MapRequestOptions,
  ): void
  mapRequest<TPath extends string>(
    method: HttpMethod | readonly HttpMethod[],
    path: TPath,
    handler: RequestHandler<ParamsOf<TPath>>,
    options?: MapRequestOptions,
  ): void
  mapRequest(...input: unknown[]): void {
    const method = typeof input[1] === 'function' ? undefined : input.shift()
    const [path, handler, options = {}] = input as [string, RequestHandler, MapRequestOptions?]
    this.#handlers.map(method as HttpMethod | readonly HttpMethod[] | undefined, path, handler, options)
  }

  /** A hub from outside its calls. @throws ConfigurationError when the class is not mapped. */
  hub<THub extends AnyHub>(hubClass: ActivatedHubClass<THub>): HubContext<ClientOf<THub>> {
    return this.#hubs.contextOf(hubClass as HubClass) as unknown as HubContext<ClientOf<THub>>
  }

  /** Every hub that is mapped, by name, for those who do not know its class. */
  get hubs(): ReadonlyMap<string, MappedHub> {
    return this.#hubs.byName
  }

  /**
   * Starts to serve; may be called again for one more address.
   * @param port - default 5000; 0 takes a free one. Or an object with what there is to say of the address.
   * @param hostname - default 127.0.0.1, this machine only. Every address of it: `0.0.0.0`, or `::` for IPv6 too; in a
   * container it has to be one of these.
   * @throws ConfigurationError (rejects) when one is none, the port is taken or cannot be shared, or the host cannot be
   * loaded.
   * @example await server.listen({ port: 5000, hostname: '0.0.0.0', shared: true })
   */
  listen(port?: number, hostname?: string, tls?: TlsFiles): Promise<ServerAddress>
  listen(address: ListenAddress): Promise<ServerAddress>
  async listen(where?: number | ListenAddress, hostname?: string, tls?: TlsFiles): Promise<ServerAddress> {
    const address = resolveListenAddress(isObject(where) ? where : { port: where, hostname, tls })
    await this.#start()
    const port = await this.#hosts.listen(address)
    this.#manager.start()
    return serverAddress(address, port)
  }

  /**
   * Serves beside the routes of a server that exists, on the paths that are mapped and on no others; before it listens
   * or after. The server stays its owner's: `close` lets go of it.
   * @param server - of node:http or node:https, as Express, Fastify, NestJS, Hono and Koa have one.
   * @throws ConfigurationError when the host has to have a port of its own.
   */
  attach(server: NodeServer): void {
    this.#hosts.attach(server, (path, method) => this.#router.find(path, method)?.takesMethod === true)
    this.#manager.start()
    this.#start().catch(error => this.#logger.error('An extension does not start, so the server is not ready.', error))
  }

  /**
   * It serves, takes new connections, hears its backplane, and no extension is unhealthy: what a load balancer's health
   * check wants to know.
   */
  get isReady(): boolean {
    return this.health.status !== 'Unhealthy'
  }

  /** How the server, its backplane and its extensions stand, and why. */
  get health(): ServerHealth {
    return serverHealth(this.node, [
      ownHealth(this.#hosts.isServing, this.#manager.isDraining),
      ...this.#extensions.health,
    ])
  }

  /**
   * Takes no more connections from here on: `isReady` is false, and negotiate answers 503. Those that are open are
   * served as ever. Call `close` when load balancers have noticed.
   */
  drain(): void {
    this.#manager.isDraining = true
    void this.#extensions.drain()
  }

  /**
   * Stops: takes no more connections, tells every client to reconnect elsewhere once its running calls and streams are
   * done (a Close that allows it, then WebSocket 1001), runs every `onDisconnected`, and cuts what is still open after
   * the drain time. Clients are told in bundles, lest thousands of them reconnect in the same second.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    checkOptions('close', options)
    const { drainTimeoutMs } = withDefaults(closeOptionTable, options)
    this.#closing ??= this.#close(drainTimeoutMs).finally(() => {
      this.#closing = undefined
    })
    return this.#closing
  }

  async #close(drainTimeoutMs: number): Promise<void> {
    // Listening goes on meanwhile: a client between two polls must be able to fetch its Close.
    await Promise.all([
      this.#manager.closeAll(drainTimeoutMs),
      within(drainTimeoutMs, this.#handlers.answered()),
      within(drainTimeoutMs, this.#extensions.drain()),
    ])
    this.#hosts.stopListening()
    this.#manager.stop()
    await within(drainTimeoutMs, this.#extensions.close())
    try {
      await this.#extensions.backplane?.close()
    } finally {
      this.#hosts.terminate()
      this.#starting = undefined
      this.#recurringLog.flush()
    }
  }

  /** Once, before the first request can come. A start that failed is tried again by the next `listen`. */
  #start(): Promise<void> {
    this.#starting ??= this.#startExtensions().catch(error => {
      this.#starting = undefined
      throw error
    })
    return this.#starting
  }

  async #startExtensions(): Promise<void> {
    await this.#extensions.start(this)
    for (const { host, ...address } of this.#extensions.hosts) {
      await this.#hosts.listen(resolveListenAddress({ port: 0, ...address }), host)
      this.#manager.start()
    }
  }
}

/** Waits for what never rejects, for some time at most. */
async function within(timeoutMs: number, promise: Promise<void>): Promise<void> {
  const over = new AbortController()
  const timeout = setTimeout(timeoutMs, undefined, { signal: over.signal }).catch(() => {})
  await Promise.race([promise, timeout])
  over.abort()
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const anyOriginWarning =
  "allowedOrigins: '*' lets every web page connect with its visitor's cookies, as any site may open a WebSocket and read the answers." +
  " Name the pages' origins, or a function that decides, unless the hubs are for everybody."

/**
 * A SignalR server.
 * @example
 * const server = createServer()
 * server.mapHub('/chat', ChatHub)
 * await server.listen(5000)
 */
export const createServer = (options: ServerOptions = {}): SignalboxServer => new SignalboxServer(options)
