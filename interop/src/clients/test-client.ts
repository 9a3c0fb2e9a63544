import type { HubConnection, IHttpConnectionOptions, IRetryPolicy } from '@microsoft/signalr'
import type { ClientKind } from './client-kinds.js'
import { within } from './deadline.js'

export interface TestClientOptions extends IHttpConnectionOptions {
  readonly retryPolicy?: IRetryPolicy
  readonly isStateful?: boolean
}

/** Microsoft's client with an inbox: what the hub calls is collected, and tests wait for it. */
export class TestClient {
  readonly connection: HubConnection
  /** Resolves with the error, if any, when the connection has closed for good. */
  readonly closed: Promise<Error | undefined>
  readonly #received = new Map<string, unknown[][]>()
  readonly #waiting = new Set<() => void>()

  constructor(url: string, kind: ClientKind, { retryPolicy, isStateful, ...options }: TestClientOptions = {}) {
    const { signalR, transport } = kind
    const builder = new signalR.HubConnectionBuilder()
      .withUrl(url, { transport: signalR.HttpTransportType[transport], ...options })
      .withHubProtocol(kind.createProtocol())
      .configureLogging(signalR.LogLevel.None)
    if (retryPolicy !== undefined) builder.withAutomaticReconnect(retryPolicy)
    if (isStateful === true) builder.withStatefulReconnect()
    this.connection = builder.build()
    this.closed = new Promise(resolve => this.connection.onclose(resolve))
    for (const method of ['Message', 'CustomObject', 'StreamCanceled']) this.#collect(method)
  }

  async start(): Promise<this> {
    await within(this.connection.start(), 'the connection to start')
    return this
  }

  /**
   * How a connection ends that the server ends as it begins: `start` fails where the client reads the handshake's
   * answer and the Close in one go, and else the connection closes after it.
   */
  endOfStart(): Promise<Error | undefined> {
    return this.start().then(
      () => within(this.closed, 'the connection to close'),
      (error: Error) => error,
    )
  }

  invoke<T = unknown>(method: string, ...args: unknown[]): Promise<T> {
    return within(this.connection.invoke<T>(method, ...args), `the answer of ${method}`)
  }

  /** The text of the error that an invocation ends with. */
  async errorOf(method: string, ...args: unknown[]): Promise<string> {
    const outcome = await this.invoke(method, ...args).then(
      result => new Error(`${method} succeeded with ${JSON.stringify(result)}`),
      (error: Error) => error.message,
    )
    if (outcome instanceof Error) throw outcome
    return outcome
  }

  /** The arguments of the first calls of a method, past or to come. */
  async received(method: string, count: number): Promise<readonly unknown[][]> {
    const enough = new Promise<void>(resolve => {
      const check = () => {
        if (this.#callsOf(method).length < count) return
        this.#waiting.delete(check)
        resolve()
      }
      this.#waiting.add(check)
      check()
    })
    await within(enough, `${count} × ${method}`)
    return this.#callsOf(method)
  }

  /**
   * Every `Message` so far, without the marker this sends to itself to know that nothing is under way: a connection is
   * sent its messages in order. Works on hubs with `SendConnection`.
   */
  async allMessages(): Promise<readonly unknown[]> {
    const marker = `marker ${Math.random()}`
    await this.invoke('SendConnection', this.connection.connectionId, marker)
    const texts = () => this.#callsOf('Message').map(([text]) => text)
    for (let count = 1; !texts().includes(marker); count++) await this.received('Message', count)
    return texts().filter(text => !String(text).startsWith('marker '))
  }

  #collect(method: string): void {
    this.connection.on(method, (...args: unknown[]) => {
      this.#callsOf(method).push(args)
      for (const check of this.#waiting) check()
    })
  }

  #callsOf(method: string): unknown[][] {
    let calls = this.#received.get(method)
    if (calls === undefined) {
      calls = []
      this.#received.set(method, calls)
    }
    return calls
  }
}

export interface TestClients {
  /** @param path - of the hub, with its query. */
  connect(path: string, kind: ClientKind, options?: TestClientOptions): Promise<TestClient>
  /** The same before `start`. */
  build(path: string, kind: ClientKind, options?: TestClientOptions): TestClient
}

/** Clients of one server, stopped after each test. */
export function useClients(server: { readonly url: string }): TestClients {
  let clients: TestClient[] = []
  afterEach(async () => {
    await Promise.all(clients.map(client => client.connection.stop()))
    clients = []
  })
  const build: TestClients['build'] = (path, kind, options) => {
    const client = new TestClient(server.url + path, kind, options)
    clients.push(client)
    return client
  }
  return { build, connect: (path, kind, options) => build(path, kind, options).start() }
}
