import { setTimeout } from 'node:timers/promises'
import {
  ConfigurationError,
  type ConnectionHandler,
  createNode,
  type Logger,
  type Node,
  RecurringLog,
  systemClock,
  withDefaults,
} from '@signalbox/abstractions'
import {
  type AuthenticationOptions,
  ConnectionDispatcher,
  type ConnectionOptions,
  CorsPolicy,
  type EndpointAuthentication,
  HttpConnectionManager,
  type IterableConnectionHandler,
  iterableConnectionHandler,
  resolveAuthenticationOptions,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
  type TlsFiles,
  TrustedProxies,
} from '@signalbox/connections'
import type { NodeServer } from '@signalbox/host-node'
import {
  type ActivatedHubClass,
  type AnyHub,
  DefaultHubLifetimeManager,
  type Hub,
  type HubActivator,
  type HubClass,
  type HubContext,
  type HubLifetimeManager,
  type HubOptions,
  HubRuntime,
  hubConnectionHandler,
} from '@signalbox/hubs'
import { type HubProtocol, JsonHubProtocol } from '@signalbox/protocol'
import { consoleLogger, guardedLogger } from './application-logger.js'
import { createGuard } from './authentication/authenticate.js'
import {
  checkMethodPolicies,
  type NamedPolicy,
  policiesOf,
  requirementsOfClass,
} from './authentication/authorization.js'
import { isSameUser } from './authentication/is-same-user.js'
import { Hosts } from './hosting/hosts.js'
import {
  type ListenAddress,
  resolveListenAddress,
  type ServerAddress,
  serverAddress,
} from './hosting/listen-address.js'
import { checkedHubClass } from './mapping/checked-hub-class.js'
import { checkOptions } from './options/check-options.js'
import { messageNeeds, withRoomForMessages } from './options/message-needs.js'
import {
  type CloseOptions,
  closeOptionTable,
  type MapConnectionOptions,
  type MapHubOptions,
  type ServerOptions,
} from './options/server-options.js'
import { RequestBodyError } from './requests/incoming-request.js'
import type { HttpMethod } from './requests/method-table.js'
import type { ParamsOf } from './requests/path-pattern.js'
import {
  answerRequest,
  checkedMethods,
  type MapRequestOptions,
  mapRequestOptionTable,
  type RequestHandler,
} from './requests/request-handler.js'
import { RequestPipeline } from './requests/request-pipeline.js'
import { Router } from './requests/router.js'

/** The methods a hub's clients offer, from the hub's class. */
export type ClientOf<THub> = THub extends Hub<infer TClient> ? TClient : never

/** A SignalR server: hubs mapped to paths on a host. Made by `createServer`. */
export class SignalboxServer {
  /** What other nodes, health checks and telemetry know this server by. */
  readonly node: Node = createNode()
  readonly #options: ServerOptions
  readonly #logger: Logger
  readonly #recurringLog: RecurringLog
  readonly #manager: HttpConnectionManager
  readonly #router: Router
  readonly #protocols: readonly HubProtocol[]
  readonly #hubs = new Map<HubClass, HubRuntime>()
  readonly #hosts: Hosts
  #closing: Promise<void> | undefined
  /** Of plain requests whose handlers run. */
  readonly #answers = new Set<Promise<void>>()

  constructor(options: ServerOptions) {
    checkOptions('createServer', options)
    this.#options = options
    this.#logger = guardedLogger(options.logger ?? consoleLogger)
    this.#recurringLog = new RecurringLog(this.#logger)
    this.#protocols = [new JsonHubProtocol(), ...(options.protocols ?? [])]
    const cors = new CorsPolicy(options.allowedOrigins, this.#recurringLog)
    if (cors.admitsAll) this.#logger.warn(anyOriginWarning)
    this.#manager = new HttpConnectionManager(
      resolveConnectionManagerOptions(options),
      systemClock,
      this.#logger,
      options.telemetry?.connections,
      this.#recurringLog,
    )
    this.#router = new Router(new ConnectionDispatcher(this.#manager, request => cors.isOriginAllowed(request)))
    const { trustedProxies, responseHeaders } = options
    const pipeline = new RequestPipeline(this.#router, cors, this.#recurringLog, {
      trustedProxies: trustedProxies && new TrustedProxies(trustedProxies),
      responseHeaders,
    })
    this.#hosts = new Hosts(
      options.host,
      (exchange, host) => pipeline.handle(exchange, host),
      this.#logger,
      this.#recurringLog,
    )
  }

  /** Connections that are negotiated, open or about to be forgotten. */
  get connectionCount(): number {
    return this.#manager.count
  }

  /**
   * How often each thing that traffic causes has been refused or has failed since the start, by cause: `originRefused`, `bodyTooLarge`…
   * The log has the first of each and then one line a minute.
   */
  get refusals(): ReadonlyMap<string, number> {
    return this.#recurringLog.counts
  }

  /**
   * Serves a hub at a path. One class may be mapped to several paths; its clients are one set then.
   * @throws ConfigurationError when the path is taken, the class no hub, an option unknown or out of range, a policy unknown, or a hub method
   * cannot be one.
   */
  mapHub(path: string, hubClass: HubClass, options?: MapHubOptions): void
  mapHub(path: string, hubClass: ActivatedHubClass, options: MapHubOptions & { hubActivator: HubActivator }): void
  mapHub(path: string, mappedClass: ActivatedHubClass, options: MapHubOptions = {}): void {
    const hubClass = checkedHubClass('mapHub', mappedClass)
    checkOptions('mapHub', options)
    const filters = [...(this.#options.filters ?? []), ...(options.filters ?? [])]
    const all = { ...this.#withDefaults(options), filters }
    const protocols = all.supportedProtocols ?? this.#protocols.map(protocol => protocol.name)
    if (!this.#protocols.some(({ name }) => protocols.some(one => one.toLowerCase() === name)))
      throw new ConfigurationError('supportedProtocols', 'supportedProtocols leaves the hub without a protocol.')
    const runtime = this.#hubs.get(hubClass) ?? this.#createRuntime(hubClass)
    checkMethodPolicies(runtime, all.policies)
    const policies = policiesOf([...requirementsOfClass(hubClass), all.authorize], all.policies)
    this.#map(path, hubConnectionHandler(runtime, all), all, policies)
    this.#hubs.set(hubClass, runtime)
  }

  /**
   * Serves raw connections, without the hub protocol, at a path. A connection lives as long as the promise of its handler.
   * @throws ConfigurationError when the path is taken, an option unknown or out of range, or a policy unknown.
   * @example
   * server.mapConnection('/echo', async connection => {
   *   for await (const bytes of connection) await connection.send(bytes)
   * })
   */
  mapConnection(path: string, handler: IterableConnectionHandler, options: MapConnectionOptions = {}): void {
    if (typeof handler !== 'function')
      throw new ConfigurationError('handler', `mapConnection needs a function, but got ${typeof handler}.`)
    checkOptions('mapConnection', options)
    const { maximumReceiveMessageSizeBytes: _ofHubs, ...all } = this.#withDefaults(options)
    const policies = policiesOf([all.authorize], all.policies)
    const { disconnectTimeoutMs } = this.#manager.options
    this.#map(path, iterableConnectionHandler(path, handler, this.#recurringLog), all, policies, disconnectTimeoutMs)
  }

  /**
   * Answers plain HTTP requests at a path, with parameters (`/orders/:id`) or below a prefix that ends with `*`. Without a method it takes any;
   * with one, HEAD is answered as GET, and other methods get 405. What is mapped as it is goes before parameters, and these before prefixes.
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
    const hasMethod = typeof input[1] !== 'function'
    const methods = hasMethod ? checkedMethods(input.shift() as HttpMethod | readonly HttpMethod[]) : undefined
    const [path, handler, options = {}] = input as [string, RequestHandler, MapRequestOptions?]
    if (typeof handler !== 'function')
      throw new ConfigurationError('handler', `mapRequest('${String(path)}') needs a function that answers.`)
    checkOptions('mapRequest', options)
    const maximumBodyBytes = withDefaults(mapRequestOptionTable, options).maximumRequestBodySizeBytes
    const onFailure = (error: unknown) => this.#onRequestFailed(path, error)
    this.#router.mapRequest(path, methods, exchange => {
      const answered = answerRequest(exchange, handler, maximumBodyBytes, onFailure)
      if (answered === undefined) return
      this.#answers.add(answered)
      void answered.finally(() => this.#answers.delete(answered))
    })
  }

  /** A hub from outside its calls. @throws ConfigurationError when the class is not mapped. */
  hub<THub extends AnyHub>(hubClass: ActivatedHubClass<THub>): HubContext<ClientOf<THub>> {
    const runtime = this.#hubs.get(hubClass as HubClass)
    if (runtime === undefined) throw new ConfigurationError('hub', `${hubClass.name} is not mapped: call mapHub first.`)
    return runtime.context as unknown as HubContext<ClientOf<THub>>
  }

  /**
   * Starts to serve; may be called again for one more address.
   * @param port - default 5000; 0 takes a free one. Or an object with what there is to say of the address.
   * @param hostname - default 127.0.0.1, this machine only. Every address of it: `0.0.0.0`, or `::` for IPv6 too; in a container it has to be
   * one of these.
   * @throws ConfigurationError (rejects) when one is none, the port is taken or cannot be shared, or the host cannot be loaded.
   * @example await server.listen({ port: 5000, hostname: '0.0.0.0', shared: true })
   */
  listen(port?: number, hostname?: string, tls?: TlsFiles): Promise<ServerAddress>
  listen(address: ListenAddress): Promise<ServerAddress>
  async listen(where?: number | ListenAddress, hostname?: string, tls?: TlsFiles): Promise<ServerAddress> {
    const address = resolveListenAddress(isObject(where) ? where : { port: where, hostname, tls })
    const port = await this.#hosts.listen(address)
    this.#manager.start()
    return serverAddress(address, port)
  }

  /**
   * Serves beside the routes of a server that exists, on the paths that are mapped and on no others; before it listens or after. The server stays
   * its owner's: `close` lets go of it.
   * @param server - of node:http or node:https, as Express, Fastify, NestJS, Hono and Koa have one.
   * @throws ConfigurationError when the host has to have a port of its own.
   */
  attach(server: NodeServer): void {
    this.#hosts.attach(server, (path, method) => this.#router.find(path, method)?.takesMethod === true)
    this.#manager.start()
  }

  /** It serves, takes new connections, and hears its backplane: what a load balancer's health check wants to know. */
  get isReady(): boolean {
    return this.#hosts.isServing && !this.#manager.isDraining && this.#options.backplane?.isReady !== false
  }

  /**
   * Takes no more connections from here on: `isReady` is false, and negotiate answers 503. Those that are open are served as ever. Call `close`
   * when load balancers have noticed.
   */
  drain(): void {
    this.#manager.isDraining = true
  }

  /**
   * Stops: takes no more connections, tells every client to reconnect elsewhere once its running calls and streams are done (a Close that allows
   * it, then WebSocket 1001), runs every `onDisconnected`, and cuts what is still open after the drain time. Clients are told in bundles, lest
   * thousands of them reconnect in the same second.
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
    await Promise.all([this.#manager.closeAll(drainTimeoutMs), this.#answered(drainTimeoutMs)])
    this.#hosts.stopListening()
    this.#manager.stop()
    await this.#options.backplane?.close()
    this.#hosts.terminate()
    this.#recurringLog.flush()
  }

  /** Plain requests that are here have been answered, or the time is over. */
  async #answered(timeoutMs: number): Promise<void> {
    if (this.#answers.size === 0) return
    const over = new AbortController()
    const timeout = setTimeout(timeoutMs, undefined, { signal: over.signal }).catch(() => {})
    await Promise.race([Promise.all(this.#answers), timeout])
    over.abort()
  }

  /** @param policies - undefined when anybody may come in. */
  #map(
    path: string,
    handler: ConnectionHandler,
    options: ConnectionOptions &
      AuthenticationOptions &
      Pick<HubOptions, 'userIdProvider' | 'maximumReceiveMessageSizeBytes'>,
    policies: readonly NamedPolicy[] | undefined,
    endTimeoutMs?: number,
  ): void {
    const authentication = this.#authentication(path, options, policies)
    const resolved = resolveConnectionOptions(withRoomForMessages(options))
    const needs = messageNeeds(path, options, resolved.maximumPendingReceiveBytes)
    this.#hosts.admitMessages(needs)
    this.#router.mapEndpoint(path, {
      path,
      handler,
      options: resolved,
      authentication,
      endTimeoutMs,
    })
  }

  #authentication(
    path: string,
    options: AuthenticationOptions & Pick<HubOptions, 'userIdProvider'>,
    policies: readonly NamedPolicy[] | undefined,
  ): EndpointAuthentication | undefined {
    const { authenticate } = this.#options
    if (authenticate === undefined) {
      if (policies === undefined) return undefined
      throw new ConfigurationError('authenticate', `${path} is guarded, but without authenticate nobody can come in.`)
    }
    return {
      authorize: createGuard(authenticate, policies),
      isSameUser: isSameUser(options.userIdProvider),
      options: resolveAuthenticationOptions(options),
    }
  }

  /** The server's options below those given; one given as undefined is not given. */
  #withDefaults<T extends object>(options: T): ServerOptions & T {
    const given = Object.entries(options).filter(([, value]) => value !== undefined)
    return { ...this.#options, ...(Object.fromEntries(given) as T) }
  }

  #createLifetimeManager({ hubName, name }: HubClass): HubLifetimeManager {
    const { backplane } = this.#options
    if (backplane === undefined) return new DefaultHubLifetimeManager()
    if (hubName === undefined && name.length <= 2)
      this.#logger.warn(
        `A hub's class has the name '${name}', as minified code has: other nodes, which may be built anew or written in C#, will not` +
          " share its Redis channels. Give it a name that stays: static hubName = 'Chat.Hubs.ChatHub'.",
      )
    return backplane.createLifetimeManager({
      name: hubName ?? name,
      node: this.node,
      protocols: this.#protocols,
      logger: this.#logger,
      recurringLog: this.#recurringLog,
    })
  }

  #createRuntime(hubClass: HubClass): HubRuntime {
    return new HubRuntime(
      hubClass,
      this.#createLifetimeManager(hubClass),
      this.#protocols,
      this.#logger,
      systemClock,
      this.#options.telemetry?.hubs,
      this.#recurringLog,
    )
  }

  #onRequestFailed(path: string, error: unknown): void {
    if (!(error instanceof RequestBodyError))
      this.#recurringLog.error(`requestHandlerFailed ${path}`, `The request handler of ${path} failed.`, error)
    else if (error.status === 413)
      this.#recurringLog.warn('bodyTooLarge', `A request to ${path} is refused: ${error.message}`)
    else this.#recurringLog.debug('bodyRefused', `A request to ${path} is refused: ${error.message}`)
  }
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
