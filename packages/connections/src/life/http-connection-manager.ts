import { type Clock, type Logger, printable, RecurringLog, type RouteParams } from '@signalbox/abstractions'
import type { ConnectionEndpoint } from '../http/connection-endpoint.js'
import { OutboxScheduler } from '../outbox/outbox-scheduler.js'
import { newConnectionId, newConnectionToken, nodeTagIn } from './connection-id.js'
import type { ResolvedConnectionManagerOptions } from './connection-options.js'
import type { ConnectionTelemetry } from './connection-telemetry.js'
import { Heartbeat } from './heartbeat.js'
import { type ConnectionRegistry, HttpConnection } from './http-connection.js'
import { PendingConnections } from './pending-connections.js'
import { Shutdown } from './shutdown.js'

/** A connection that another node has made, by what its token says: nobody knows whether it is there. */
export class ConnectionOnNode {
  readonly nodeTag: string

  constructor(nodeTag: string) {
    this.nodeTag = nodeTag
  }
}

/** Every connection of the process by its token, and the one heartbeat that drives all their time-outs. */
export class HttpConnectionManager implements ConnectionRegistry {
  readonly options: ResolvedConnectionManagerOptions
  readonly clock: Clock
  readonly logger: Logger
  readonly recurringLog: RecurringLog
  readonly telemetry: ConnectionTelemetry | undefined
  readonly scheduler: OutboxScheduler
  readonly #connections = new Map<string, HttpConnection>()
  readonly #pending: PendingConnections
  /** Nobody new is let in: the server is about to end. */
  isDraining = false
  /** The server is going away: WebSockets end with 1001 and nothing waits for a next poll. */
  isShuttingDown = false
  readonly #heartbeat: Heartbeat
  /** Behind each token that is handed out; undefined where no other node is to find its way here. */
  readonly #nodeTag: string | undefined
  #shutdown: Shutdown | undefined

  constructor(
    options: ResolvedConnectionManagerOptions,
    clock: Clock,
    logger: Logger,
    telemetry?: ConnectionTelemetry,
    recurringLog = new RecurringLog(logger),
    nodeTag?: string,
  ) {
    this.#nodeTag = nodeTag
    this.options = options
    this.clock = clock
    this.scheduler = new OutboxScheduler(() => clock.now(), options.maximumBroadcastDelayMs)
    this.logger = logger
    this.telemetry = telemetry
    this.recurringLog = recurringLog
    this.#pending = new PendingConnections(options.maximumPendingConnections)
    this.#heartbeat = new Heartbeat(clock, mayTimeOut => this.onHeartbeat(mayTimeOut), recurringLog)
  }

  get count(): number {
    return this.#connections.size
  }

  start(): void {
    if (!this.#heartbeat.isRunning) {
      this.isDraining = false
      this.isShuttingDown = false
    }
    this.#heartbeat.start()
  }

  stop(): void {
    this.#heartbeat.stop()
  }

  /**
   * @param address - of the client. When too many have negotiated and not connected, the one that has most of them
   * loses its oldest.
   * @param version - the negotiated version; in version 0 the public id is the token too.
   */
  negotiate(endpoint: ConnectionEndpoint, address: string, version: number, isStateful: boolean): HttpConnection {
    const connection = this.create(endpoint, version, isStateful)
    const displaced = this.#pending.add(connection, address)
    if (displaced === undefined) return connection
    displaced.connection.application.endInput(undefined, false)
    this.recurringLog.warn(
      'tooManyPendingConnections',
      `More connections have negotiated and not connected yet than maximumPendingConnections allows, which is ${this.options.maximumPendingConnections}.` +
        ` Most are of ${printable(displaced.network)}, whose oldest is forgotten. If that is a reverse proxy of yours: trustedProxies.`,
    )
    return connection
  }

  create(endpoint: ConnectionEndpoint, version: number, isStateful = false): HttpConnection {
    const connectionId = newConnectionId()
    const connectionToken = version > 0 ? newConnectionToken(this.#nodeTag) : connectionId
    const connection = new HttpConnection(this, endpoint, connectionId, connectionToken, isStateful)
    this.#connections.set(connection.connectionToken, connection)
    return connection
  }

  /**
   * A token counts only at the endpoint that gave it out, and where that has parameters, with the same values.
   * @returns the connection when it is here, the node that its token names when that is another one, else undefined.
   */
  find(
    endpoint: ConnectionEndpoint,
    params: RouteParams,
    connectionToken: string,
  ): HttpConnection | ConnectionOnNode | undefined {
    const connection = this.#connections.get(connectionToken)
    if (connection !== undefined)
      return connection.endpoint === endpoint && haveSameValues(connection.params, params) ? connection : undefined
    if (this.#nodeTag === undefined) return undefined
    const nodeTag = nodeTagIn(connectionToken)
    return nodeTag === undefined || nodeTag === this.#nodeTag ? undefined : new ConnectionOnNode(nodeTag)
  }

  onAttached(connection: HttpConnection): void {
    this.#pending.delete(connection)
  }

  remove(connection: HttpConnection): void {
    this.#pending.delete(connection)
    const wasRegistered = this.#connections.delete(connection.connectionToken)
    if (wasRegistered && this.telemetry !== undefined) connection.reportStop(this.telemetry)
    this.#shutdown?.onRemoved()
  }

  /** @param mayTimeOut - false: the silence of clients says nothing about them. */
  onHeartbeat(mayTimeOut = true): void {
    const now = this.clock.now()
    for (const connection of this.#connections.values()) {
      try {
        connection.onHeartbeat(now, mayTimeOut)
      } catch (error) {
        this.recurringLog.error(
          'heartbeatFailed',
          `The heartbeat of connection ${connection.connectionId} failed.`,
          error,
        )
      }
    }
  }

  /** Ends every connection as the server shuts down. @returns once all have ended, or after `timeoutMs`. */
  async closeAll(timeoutMs: number): Promise<void> {
    this.isDraining = true
    this.isShuttingDown = true
    this.#shutdown = new Shutdown(this.#connections, timeoutMs)
    await this.#shutdown.run()
    this.#shutdown = undefined
  }
}

/** @param other - of the same endpoint, so its names are the same. */
function haveSameValues(params: RouteParams, other: RouteParams): boolean {
  if (params === other) return true
  for (const name in params) if (params[name] !== other[name]) return false
  return true
}
