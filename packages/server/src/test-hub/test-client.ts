import type { ClaimsPrincipal, ConnectionHandler } from '@signalbox/abstractions'
import {
  type ClientHandlers,
  type ClientMethodsOf,
  type HubInvokes,
  type HubMethodParameters,
  type HubMethodResult,
  type HubStream,
  type HubStreams,
  type Json,
  type Received,
  typedHub,
} from '@signalbox/typed-client'
import { ClientConnection, type ClientEnd } from './client-connection.js'
import type { MemoryConnection } from './memory-connection.js'
import type { RecordedLog } from './recorded-log.js'

export type { ClientEnd } from './client-connection.js'

/** What the hub has called on a client: one of the methods a client offers, with its arguments as JSON brings them. */
export type ReceivedCall<TClient> = {
  [K in keyof TClient & string]: TClient[K] extends (...args: infer TArgs) => unknown
    ? { readonly target: K; readonly arguments: JsonArguments<TArgs> }
    : never
}[keyof TClient & string]

type JsonArguments<TArgs> = { [I in keyof TArgs]: Json<TArgs[I]> }

const handshakeRequest = Buffer.from('{"protocol":"json","version":1}\x1e')

// biome-ignore lint/suspicious/noExplicitAny: methods of any name, which the public signatures have checked
type EveryMethod = Readonly<Record<string, (...args: any[]) => any>>

interface Methods {
  readonly invoke: EveryMethod
  readonly stream: EveryMethod
  readonly on: EveryMethod
}

/** A client of a hub under test. Everything goes through JSON in both directions, as over a network. */
export class TestClient<THub> {
  /** Every call of the hub, in order. */
  readonly received: ReceivedCall<ClientMethodsOf<THub>>[] = []
  /** Resolves once the connection is over and `onDisconnected` has run. */
  readonly closed: Promise<ClientEnd>
  readonly #connection: MemoryConnection
  readonly #client: ClientConnection
  readonly #methods: Methods
  readonly #groups: () => ReadonlySet<string>
  readonly #taken = new Set<unknown>()
  readonly #waiting = new Set<() => void>()

  private constructor(connection: MemoryConnection, groups: () => ReadonlySet<string>, log: RecordedLog) {
    const owner = {
      onInvocation: (target: string, args: readonly unknown[]) => this.#onInvocation(target, args),
      onClose: () => this.#wake(),
      causeOf: () => log.latestError,
    }
    this.#connection = connection
    this.#client = new ClientConnection(connection.connectionId, owner, bytes => connection.receive(bytes))
    this.#methods = typedHub(this.#client) as unknown as Methods
    this.#groups = groups
    this.closed = connection.closed.then(() => {
      this.#client.disconnect()
      return this.#client.end ?? { error: undefined, allowReconnect: false }
    })
  }

  /** The names of the groups it is in. */
  get groups(): ReadonlySet<string> {
    return this.#groups()
  }

  /** @internal */
  static async connect<THub>(
    handler: ConnectionHandler,
    connection: MemoryConnection,
    groups: () => ReadonlySet<string>,
    log: RecordedLog,
  ): Promise<TestClient<THub>> {
    const client = new TestClient<THub>(connection, groups, log)
    connection.onMessage = answer => {
      client.#client.readHandshake(answer)
      connection.onMessage = json => client.#client.read(json)
    }
    void handler(connection)
    connection.receive(handshakeRequest)
    await connection.whenReading()
    const { end } = client.#client
    if (end?.error === undefined) return client
    await client.closed
    throw new Error(end.error, end.cause === undefined ? undefined : { cause: end.cause })
  }

  get connectionId(): string {
    return this.#connection.connectionId
  }

  get isConnected(): boolean {
    return this.#client.state === 'Connected'
  }

  /**
   * Calls a hub method. An async iterable among the arguments is a stream to the hub.
   * @returns its result; rejects with the text clients get in production. What the method has thrown is the `cause`.
   */
  invoke<K extends keyof HubInvokes<THub, 'json'> & keyof THub & string>(
    methodName: K,
    ...args: HubMethodParameters<THub[K]>
  ): Promise<Received<HubMethodResult<THub[K]>, 'json'>> {
    return this.#methods.invoke[methodName]!(...args)
  }

  /**
   * Calls a hub method and wants no answer, so the promise says nothing of how it ended: see what was received, or the
   * log.
   */
  send<K extends keyof HubInvokes<THub, 'json'> & keyof THub & string>(
    methodName: K,
    ...args: HubMethodParameters<THub[K]>
  ): Promise<void> {
    return this.#client.send(methodName, ...args)
  }

  /** Calls a streaming hub method when it is iterated. Leaving the loop tells the hub to stop. */
  stream<K extends keyof HubStreams<THub, 'json'> & keyof THub & string>(
    methodName: K,
    ...args: HubMethodParameters<THub[K]>
  ): HubStream<Received<HubMethodResult<THub[K]>, 'json'>> {
    return this.#methods.stream[methodName]!(...args)
  }

  /**
   * Handles what the hub calls; what the handler returns is the result of a call that waits for one. Without a handler
   * such a call fails.
   * @returns what takes the handler away again.
   */
  on<K extends keyof ClientHandlers<ClientMethodsOf<THub>, 'json'> & string>(
    methodName: K,
    handler: Parameters<ClientHandlers<ClientMethodsOf<THub>, 'json'>[K]>[0],
  ): () => void {
    return this.#methods.on[methodName]!(handler)
  }

  /**
   * The next call of the hub that no `next` has given before, at once if it has come already.
   * @param target - of this method only.
   * @returns it; rejects when the connection ends first.
   */
  async next<K extends keyof ClientMethodsOf<THub> & string>(
    target?: K,
  ): Promise<Extract<ReceivedCall<ClientMethodsOf<THub>>, { target: K }>> {
    for (;;) {
      const call = this.received.find(one => !this.#taken.has(one) && (target === undefined || one.target === target))
      if (call !== undefined) {
        this.#taken.add(call)
        return call as Extract<typeof call, { target: K }>
      }
      if (!this.isConnected) throw new Error(`The connection has ended without a call of ${target ?? 'anything'}.`)
      await new Promise<void>(resolve => this.#waiting.add(resolve))
    }
  }

  /** The client's credentials are refreshed: `onAuthenticationRefreshed`, and later calls run as this user. */
  refresh(user: ClaimsPrincipal): void {
    Object.assign(this.#connection.features, { user })
    this.#connection.receiver?.onAuthenticationRefreshed?.()
  }

  /**
   * The client leaves.
   * @param error - what broke its connection, as `onDisconnected` gets it; without one the client says goodbye.
   * @returns once `onDisconnected` has run.
   */
  async disconnect(error?: Error): Promise<void> {
    this.#client.disconnect()
    this.#connection.leave(error)
    await this.#connection.closed
  }

  #onInvocation(target: string, args: readonly unknown[]): void {
    this.received.push({ target, arguments: args } as never)
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
