import {
  anonymous,
  type ClaimsPrincipal,
  type ConnectionHandler,
  checkOptions as checkAgainst,
  systemClock,
  withDefaults,
} from '@signalbox/abstractions'
import { RequestSnapshot } from '@signalbox/connections'
import {
  type ActivatedHubClass,
  type AnyHub,
  type HubActivator,
  type HubClass,
  type HubContext,
  HubRuntime,
  hubConnectionHandler,
} from '@signalbox/hubs'
import { JsonHubProtocol } from '@signalbox/protocol'
import { guardedLogger } from '../application-logger.js'
import { createGuard } from '../authentication/authenticate.js'
import { checkMethodPolicies, policiesOf, requirementsOfClass } from '../authentication/authorization.js'
import { createPrincipal } from '../authentication/principal.js'
import { checkedHubClass } from '../mapping/mapped-hubs.js'
import { checkOptions } from '../options/check-options.js'
import type { ClientOf } from '../signalbox-server.js'
import { MemoryConnection } from './memory-connection.js'
import { type LogEntry, RecordedLog } from './recorded-log.js'
import { RecordingLifetimeManager, type SentMessage } from './recording-lifetime-manager.js'
import { TestClient } from './test-client.js'
import { type TestClientOptions, type TestHubOptions, testClientOptionTable } from './test-hub-options.js'

/** A hub without a network; made by `testHub`. */
export class TestHub<THub extends AnyHub> {
  /** The hub from outside its calls, as `server.hub(…)` gives it. */
  readonly context: HubContext<ClientOf<THub>>
  /** What was sent to whom, in order, whether anybody was there or not. */
  readonly sent: readonly SentMessage[]
  /** What the hub logged: why a call failed, for example. */
  readonly log: readonly LogEntry[]
  readonly #log: RecordedLog
  readonly #manager = new RecordingLifetimeManager()
  readonly #handler: ConnectionHandler
  readonly #guard: (user: ClaimsPrincipal | undefined) => ReturnType<typeof createGuard>
  readonly #clients = new Set<TestClient<THub>>()
  #connections = 0

  /** @internal */
  constructor(hubClass: HubClass, options: TestHubOptions) {
    checkOptions('testHub', options)
    this.#log = new RecordedLog(options.logger)
    const logger = guardedLogger(this.#log)
    const runtime = new HubRuntime(hubClass, this.#manager, [new JsonHubProtocol()], logger, systemClock)
    checkMethodPolicies(runtime, options.policies)
    const policies = policiesOf([...requirementsOfClass(hubClass), options.authorize], options.policies)
    this.#guard = user => createGuard(() => user, policies)
    this.#handler = hubConnectionHandler(runtime, options)
    this.context = runtime as unknown as HubContext<ClientOf<THub>>
    this.sent = this.#manager.sent
    this.log = this.#log.entries
  }

  /**
   * A client connects.
   * @returns it, once `onConnected` has run; rejects when a policy of the class refuses it, and when `onConnected`
   * throws.
   */
  async connect(options: TestClientOptions = {}): Promise<TestClient<THub>> {
    checkAgainst('connect', testClientOptionTable, options)
    const user = await this.#authorize(options)
    const connectionId = options.connectionId ?? `connection-${++this.#connections}`
    const features = {
      transport: options.transport ?? ('WebSockets' as const),
      supportedFormats: ['Text', 'Binary'] as const,
      activeFormat: 'Text' as const,
      hasInherentKeepAlive: options.transport === 'LongPolling',
      httpRequest: requestOf(options),
      user,
      statefulReconnect: undefined,
    }
    const connection = new MemoryConnection(connectionId, features)
    const groups = () => this.#manager.groupsOf(connectionId)
    const client = await TestClient.connect<THub>(this.#handler, connection, groups, this.#log)
    this.#clients.add(client)
    void client.closed.then(() => this.#clients.delete(client))
    return client
  }

  /** Every client leaves, as if cut off. @returns once every `onDisconnected` has run. */
  async close(): Promise<void> {
    await Promise.all([...this.#clients].map(client => client.disconnect(new Error('The test has ended.'))))
  }

  async #authorize({ user, ...options }: TestClientOptions): Promise<ClaimsPrincipal> {
    const principal = typeof user === 'string' ? createPrincipal({ userId: user }) : user
    const authorization = await this.#guard(principal)(requestOf(options))
    if ('user' in authorization) return principal ?? anonymous
    const { response, reason } = authorization.refusal
    throw new Error(`The client is refused with ${response.status}: ${reason}`)
  }
}

function requestOf(options: TestClientOptions): RequestSnapshot {
  const { params, queryString, headers } = withDefaults<TestClientOptions, typeof testClientOptionTable>(
    testClientOptionTable,
    options,
  )
  const lines = Object.entries(headers).map(([name, value]) => `${name.toLowerCase()}:${value}`)
  const request = new RequestSnapshot('GET', '/', queryString, '127.0.0.1', ['', ...lines, ''].join('\n'))
  request.params = params
  return request
}

/**
 * Calls a hub in a test, without a network: it runs as in production, over connections in memory.
 * @param options - those `mapHub` would get.
 * @throws ConfigurationError as `mapHub` does.
 * @example
 * const chat = testHub(ChatHub)
 * const alice = await chat.connect({ user: 'alice' })
 * await alice.invoke('send', 'lobby', 'hi')
 * alice.received // [{ target: 'message', arguments: ['alice', 'hi'] }]
 */
export function testHub<THub extends AnyHub>(hubClass: HubClass<THub>, options?: TestHubOptions): TestHub<THub>
export function testHub<THub extends AnyHub>(
  hubClass: ActivatedHubClass<THub>,
  options: TestHubOptions & { hubActivator: HubActivator },
): TestHub<THub>
export function testHub<THub extends AnyHub>(hubClass: ActivatedHubClass, options: TestHubOptions = {}): TestHub<THub> {
  return new TestHub<THub>(checkedHubClass('testHub', hubClass), options)
}
