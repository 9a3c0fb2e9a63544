import { EventEmitter } from 'node:events'
import { ConfigurationError, describeValue, type Logger, type RecurringLog } from '@signalbox/abstractions'
import type { Host, HttpExchange, ListenOptions, MessageNeeds } from '@signalbox/connections'
import { type NodeServer, nodeHost } from '@signalbox/host-node'
import { uwsHost } from '@signalbox/host-uws'

/** Where the requests of one server come from: each host hands them to the same door. */
export class Hosts {
  readonly #chosen: Host | undefined
  readonly #handle: (exchange: HttpExchange, host: Host) => void
  readonly #logger: Logger
  readonly #recurringLog: RecurringLog
  readonly #hosts = new Set<Host>()
  /** Of everything that is mapped, for hosts that come later. */
  readonly #messageNeeds: MessageNeeds[] = []
  /** Where none was chosen; the first is the default. */
  readonly #made: Host[] = []
  #isServing = false

  /**
   * @param chosen - the option `host`.
   * @param handle - the door.
   */
  constructor(
    chosen: Host | undefined,
    handle: (exchange: HttpExchange, host: Host) => void,
    logger: Logger,
    recurringLog: RecurringLog,
  ) {
    this.#chosen = chosen
    this.#handle = handle
    this.#logger = logger
    this.#recurringLog = recurringLog
    if (chosen !== undefined) this.#hosts.add(chosen)
  }

  get isServing(): boolean {
    return this.#isServing
  }

  /** @throws ConfigurationError when a host was told otherwise, or cannot change that any more. */
  admitMessages(needs: MessageNeeds): void {
    for (const host of this.#hosts) host.admitMessages?.(needs)
    this.#messageNeeds.push(needs)
  }

  /** @throws ConfigurationError when the host refuses what is mapped. */
  add(host: Host): void {
    if (this.#hosts.has(host)) return
    for (const needs of this.#messageNeeds) host.admitMessages?.(needs)
    this.#hosts.add(host)
  }

  /**
   * @param host - default the server's own.
   * @returns the port.
   */
  async listen(options: ListenOptions, host = this.#defaultHost()): Promise<number> {
    this.add(host)
    const port = await host.listen(options, exchange => this.#handle(exchange, host), this.#recurringLog)
    this.#isServing = true
    return port
  }

  /** @throws ConfigurationError when the host that was chosen cannot serve beside others. */
  attach(server: NodeServer, takes: (path: string, method: string) => boolean): void {
    checkAttachable(server)
    const host = this.#chosen ?? this.#made.find(made => made.attach !== undefined) ?? this.#make(nodeHost())
    if (host.attach === undefined)
      throw new ConfigurationError('host', `${host.name} cannot serve beside others: set host to nodeHost().`)
    this.add(host)
    host.attach(server, exchange => this.#handle(exchange, host), takes, this.#recurringLog)
    this.#isServing = true
  }

  stopListening(): void {
    for (const host of this.#hosts) host.stopListening()
  }

  /** Another `listen` begins anew. */
  terminate(): void {
    for (const host of this.#hosts) host.terminate()
    for (const host of this.#made.splice(0)) this.#hosts.delete(host)
    this.#isServing = false
  }

  #defaultHost(): Host {
    return this.#chosen ?? this.#made[0] ?? this.#make(chooseHost(this.#logger))
  }

  #make(host: Host): Host {
    this.#made.push(host)
    return host
  }
}

/**
 * The host of a server that names none: the fast one where its native module can be loaded, else the one that is always
 * there. That is a warning, which the default logger prints: whoever deploys without the native module must not have to
 * guess where the speed went. Naming a host says that it is meant.
 */
export function chooseHost(logger: Logger, createFastHost: () => Host = uwsHost): Host {
  try {
    const host = createFastHost()
    logger.info(`Serving on ${host.name}.`)
    return host
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    const host = nodeHost()
    logger.warn(`Serving on ${host.name}: ${error.message}`)
    return host
  }
}

/** Frameworks' applications have `listen` and `use` as well, and are no servers. */
function checkAttachable(server: unknown): void {
  if (server instanceof EventEmitter && typeof (server as Partial<NodeServer>).address === 'function') return
  throw new ConfigurationError(
    'server',
    `attach needs a server of node:http or node:https, but got ${describeValue(server)}. Of Express or Koa write` +
      ' attach(http.createServer(app)), of Fastify attach(app.server), of NestJS attach(app.getHttpServer()).',
  )
}
