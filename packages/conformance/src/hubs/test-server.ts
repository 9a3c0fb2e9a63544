import type { ConnectionHandler } from '@signalbox/abstractions'
import {
  DefaultHubLifetimeManager,
  type Hub,
  type HubClass,
  type HubExtension,
  type HubLifetimeManager,
  type HubOptions,
  HubRuntime,
  type HubTelemetry,
  hubConnectionHandler,
} from '@signalbox/hubs'
import { type HubProtocol, JsonHubProtocol } from '@signalbox/protocol'
import { RecordingLogger } from '../stand-ins/recording-logger.js'
import { ManualClock } from '../waiting/manual-clock.js'
import { handshakeRequest } from './json-messages.js'
import { TestConnection, type TestConnectionOptions } from './test-connection.js'

/** A hub over test connections, without transports and with time that stands still. */
export class TestServer {
  readonly clock = new ManualClock()
  readonly logger = new RecordingLogger()
  readonly runtime: HubRuntime
  readonly #handler: ConnectionHandler
  readonly #connections: TestConnection[] = []

  constructor(
    // biome-ignore lint/suspicious/noExplicitAny: a hub of any clients
    hubClass: HubClass<Hub<any>>,
    options: HubOptions = {},
    manager: HubLifetimeManager = new DefaultHubLifetimeManager(),
    telemetry?: HubTelemetry,
    protocols: readonly HubProtocol[] = [new JsonHubProtocol()],
    extensions: readonly HubExtension[] = [],
  ) {
    this.runtime = new HubRuntime(
      hubClass,
      manager,
      protocols,
      this.logger,
      this.clock,
      telemetry,
      undefined,
      extensions,
    )
    this.#handler = hubConnectionHandler(this.runtime, options)
  }

  /** The same with extensions that look in. */
  static extended(hubClass: HubClass, ...hooks: Omit<HubExtension, 'name'>[]): TestServer {
    const extensions = hooks.map((extension, index) => ({ ...extension, name: `extension ${index + 1}` }))
    return new TestServer(hubClass, {}, undefined, undefined, undefined, extensions)
  }

  /** A connection that has not sent its handshake. */
  accept(options?: TestConnectionOptions): TestConnection {
    const connection = new TestConnection(options)
    this.#connections.push(connection)
    void this.#handler(connection)
    return connection
  }

  /** A connection whose handshake has been answered. */
  connect(options?: TestConnectionOptions): TestConnection {
    const connection = this.accept(options)
    connection.receive(handshakeRequest)
    const answer = connection.sent.shift()
    if (answer !== '{}') throw new Error(`The handshake was answered with ${answer}.`)
    return connection
  }

  /** Time passes, then comes a heartbeat. */
  heartbeatAfter(milliseconds: number): void {
    this.clock.advance(milliseconds)
    for (const connection of this.#connections) connection.receiver?.onHeartbeat?.(this.clock.now(), true)
  }
}
