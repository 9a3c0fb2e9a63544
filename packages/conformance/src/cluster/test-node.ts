import { createNode, RecurringLog } from '@signalbox/abstractions'
import type { ClusterHealth, ClusterHubLifetimeManager } from '@signalbox/cluster'
import { type Audience, type Backplane, type BackplaneHub, Hub, SerializedHubMessage } from '@signalbox/hubs'
import { type HubProtocol, JsonHubProtocol } from '@signalbox/protocol'
import type { TestConnection, TestConnectionOptions } from '../hubs/test-connection.js'
import { TestServer } from '../hubs/test-server.js'
import { RecordingLogger } from '../stand-ins/recording-logger.js'
import { eventually } from '../waiting/eventually.js'

/** A backplane over a bus. */
export interface TestedBackplane extends Backplane {
  readonly health: ClusterHealth
  createLifetimeManager(hub: BackplaneHub): ClusterHubLifetimeManager
}

export interface TestNodeOptions {
  /** Default `Chat.Hubs.ChatHub`. */
  readonly hubName?: string
  /** What the node and its clients speak; default JSON alone. */
  readonly protocols?: readonly HubProtocol[]
}

/** One server of a cluster: a hub without methods over test connections, with a backplane of its own. */
export class TestNode<B extends TestedBackplane = TestedBackplane> {
  readonly logger = new RecordingLogger()
  readonly recurringLog = new RecurringLog(this.logger)
  readonly node = createNode()
  readonly backplane: B
  readonly manager: ClusterHubLifetimeManager
  readonly #server: TestServer
  /** Resolve when the hub has greeted a connection, by connection id. */
  readonly #greeted = new Map<string, () => void>()

  constructor(
    backplane: B,
    { hubName = 'Chat.Hubs.ChatHub', protocols = [new JsonHubProtocol()] }: TestNodeOptions = {},
  ) {
    this.backplane = backplane
    this.manager = backplane.createLifetimeManager(this.hub(hubName, protocols))
    const greeted = this.#greeted
    class GreetingHub extends Hub {
      override onConnected(): void {
        greeted.get(this.context.connectionId)?.()
      }
    }
    const userIdProvider = ({ httpRequest }: { httpRequest: { query(name: string): string | undefined } }) =>
      httpRequest.query('user')
    this.#server = new TestServer(GreetingHub, { userIdProvider }, this.manager, undefined, protocols)
  }

  /** @returns the node, once it is part of its cluster. */
  async ready(): Promise<this> {
    await eventually(() => this.backplane.isReady)
    return this
  }

  /** A client, once it is connected on the server too. */
  async connect(connectionId: string, user?: string): Promise<TestConnection> {
    const isGreeted = this.#greeting(connectionId)
    const queryString = user === undefined ? '' : String(new URLSearchParams({ user }))
    const connection = this.#server.connect({ connectionId, queryString })
    await isGreeted
    return connection
  }

  /** The same for a client that can resume its connection after the loss of its socket. */
  connectResumable(connectionId: string): Promise<TestConnection> {
    const statefulReconnect = { maximumBufferBytes: 100_000, disable() {} }
    return this.#shakeHands({ connectionId, statefulReconnect }, '{"protocol":"json","version":2}\x1e')
  }

  /** The same for a client that speaks something else than JSON. */
  connectSpeaking(protocol: HubProtocol, connectionId: string): Promise<TestConnection> {
    return this.#shakeHands({ connectionId }, `{"protocol":"${protocol.name}","version":1}\x1e`)
  }

  async #shakeHands(
    options: TestConnectionOptions & { connectionId: string },
    request: string,
  ): Promise<TestConnection> {
    const isGreeted = this.#greeting(options.connectionId)
    const connection = this.#server.accept(options)
    connection.receive(request)
    await isGreeted
    connection.sent.length = 0
    return connection
  }

  /** Sends what clients see as a call of `target`. */
  async send(audience: Audience, target: string, args: readonly unknown[]): Promise<void> {
    await this.manager.send(audience, SerializedHubMessage.invocation(target, args))
  }

  #greeting(connectionId: string): Promise<void> {
    return new Promise(resolve => this.#greeted.set(connectionId, resolve))
  }

  /** A client that the backplane does not let in. @returns when it has been closed; rejects with the reason. */
  async connectAndFail(connectionId: string, user: string): Promise<void> {
    const connection = this.#server.connect({ connectionId, queryString: String(new URLSearchParams({ user })) })
    await connection.ended
    throw this.#server.logger.errors.at(-1)?.error
  }

  /** What its backplane is told of a hub. */
  hub(name: string, protocols: readonly HubProtocol[] = []): BackplaneHub {
    return { name, node: this.node, protocols, logger: this.logger, recurringLog: this.recurringLog }
  }

  close(): Promise<void> {
    return this.backplane.close()
  }
}
