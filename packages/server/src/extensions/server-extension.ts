import {
  aFunction,
  anObject,
  type ClaimsPrincipal,
  ConfigurationError,
  type ConnectionContext,
  type HttpRequest,
  listOf,
  type Node,
  type Option,
  type OptionTable,
  text,
} from '@signalbox/abstractions'
import type { ConnectionTelemetry, Host, HttpResponse, NegotiateAnswer } from '@signalbox/connections'
import type { Backplane, HubContext, HubExtension, HubTelemetry } from '@signalbox/hubs'
import type { ListenAddress } from '../hosting/listen-address.js'
import type { HttpMethod } from '../requests/method-table.js'
import type { MapRequestOptions, RequestHandler } from '../requests/request-handler.js'
import type { HealthReport, ServerHealth } from './server-health.js'

/** A hub that is mapped, for those who do not know its class. */
export interface MappedHub {
  /** Its `hubName`, or the name of its class. */
  readonly name: string
  /** Where it is mapped, as it was written. */
  readonly paths: readonly string[]
  readonly context: HubContext
  /** Whether clients can call a method of this name, whatever its case. */
  hasMethod(name: string): boolean
  /**
   * Runs the hub on a connection that did not come through a host of the server, with the options of the first path.
   * Whoever makes the connection has let its user in, and owns its life: calls `onHeartbeat` of its receiver once a
   * second, and `onDraining` or `onEnd` when the server closes.
   */
  accept(connection: ConnectionContext): void
}

/** What extensions see of their server. */
export interface ExtendedServer {
  readonly node: Node
  /** By name. */
  readonly hubs: ReadonlyMap<string, MappedHub>
  readonly connectionCount: number
  readonly refusals: ReadonlyMap<string, number>
  readonly isReady: boolean
  readonly health: ServerHealth
}

/** A plain request that an extension answers, as `mapRequest` has it. */
export interface ExtensionRoute extends MapRequestOptions {
  /** Default any. */
  readonly method?: HttpMethod | readonly HttpMethod[]
  readonly path: string
  readonly handler: RequestHandler
}

/**
 * One more place where requests come from, at a free port unless it names one. They pass the same authentication, hubs
 * and routes as those of the server's own host.
 */
export interface ExtensionHost extends ListenAddress {
  readonly host: Host
}

/** What is negotiated: a hub, or a raw connection. */
export interface NegotiateTarget {
  /** As it was mapped. */
  readonly path: string
  /** Undefined for a raw connection. */
  readonly hubName: string | undefined
  readonly user: ClaimsPrincipal
}

/**
 * A part that is added to a server: an object with the hooks it has use for. Those of several extensions are called in
 * the order of the option `extensions`. What a hook throws, or rejects with, is logged with the names of extension and
 * hook.
 */
export interface ServerExtension extends HubExtension {
  /** For the log and for `server.health`; no two extensions of a server have the same. */
  readonly name: string
  readonly hosts?: readonly ExtensionHost[] | undefined
  readonly routes?: readonly ExtensionRoute[] | undefined
  /** Makes several servers one. A server has one at most. */
  readonly backplane?: Backplane | undefined
  /** Observes connections of every kind and transport. */
  readonly connections?: ConnectionTelemetry | undefined
  /** Brackets the calls of hubs. */
  readonly hubs?: HubTelemetry | undefined
  /**
   * The gate of requests: asked for each one, of whatever path, before `authenticate`; not for a preflight that CORS
   * answers. The address is the client's, where `trustedProxies` tell it.
   * @returns an answer to refuse it; undefined lets it pass to the next gate. Nothing is waited for: what takes time
   * belongs into `authenticate`. A gate that throws refuses with 500.
   */
  admitRequest?(request: HttpRequest): HttpResponse | undefined
  /**
   * Asked when a client that is let in negotiates.
   * @returns where the client shall go instead, or an answer as it is; undefined asks the next extension, and in the
   * end the server itself. What fails is answered 500.
   */
  negotiate?(request: HttpRequest, target: NegotiateTarget): NegotiateAnswer | PromiseLike<NegotiateAnswer>
  /** Awaited by `listen`, before the first request can come. What it throws, or rejects with, fails `listen`. */
  start?(server: ExtendedServer): void | PromiseLike<void>
  /** Asked by `server.health` and `server.isReady`. One that throws is `Unhealthy`. */
  health?(): HealthReport
  /**
   * The server takes no more connections, since `server.drain()` or `server.close()`; those that are open go on.
   * `close` waits for its promise, for `drainTimeoutMs` at most.
   */
  drain?(): void | PromiseLike<void>
  /** Connections and hubs have ended. `server.close()` waits for its promise, for `drainTimeoutMs` at most. */
  close?(): void | PromiseLike<void>
}

const hook = (doc: string): Option<never> => ({ takes: aFunction(), doc })

/** Every hook there is. */
export const serverExtensionTable: OptionTable<ServerExtension> = {
  name: { takes: text('a name for the log'), doc: 'For the log and for `server.health`.', isRequired: true },
  hosts: {
    takes: listOf('a list of { host, port?, hostname? }', anObject('an object with a host')),
    doc: 'More places where requests come from.',
  },
  routes: {
    takes: listOf('a list of { method?, path, handler }', anObject('an object with path and handler')),
    doc: 'Plain requests it answers, as with `mapRequest`.',
  },
  backplane: {
    takes: anObject('a backplane', 'createLifetimeManager'),
    doc: 'Makes several servers one, as the option `backplane`.',
  },
  admitRequest: hook('Gate: an answer refuses a request, before `authenticate`.'),
  negotiate: hook('Sends clients that negotiate elsewhere.'),
  admitMessage: hook('Gate: decides of each message about a call, before its method is looked up.'),
  connections: { takes: anObject('an object with onStarted, onStopped, onSlowClient'), doc: 'Observes connections.' },
  hubs: { takes: anObject('an object with watch', 'watch'), doc: 'Brackets the calls of hubs, for traces.' },
  onConnected: hook('A client of a hub is there.'),
  onDisconnected: hook('A client of a hub is gone.'),
  onMessageReceived: hook('A message has come, with its bytes.'),
  onMessageSent: hook('A message was queued for a client, with its bytes.'),
  onMalformed: hook('What has come cannot be read.'),
  start: hook('Before the first request.'),
  health: hook('How it stands, for `server.health` and `server.isReady`.'),
  drain: hook('No more connections are taken.'),
  close: hook('Everything has ended.'),
}

/**
 * Members besides the hooks are the extension's own, but for those that are called as only hooks are.
 * @throws ConfigurationError that names the member.
 */
export function checkExtension(extension: ServerExtension): void {
  for (const [hookName, { takes, isRequired }] of Object.entries(serverExtensionTable)) {
    const value = extension[hookName as keyof ServerExtension]
    if (value !== undefined || isRequired === true) takes.check(value, hookName)
  }
  const hookNames = Object.keys(serverExtensionTable)
  const slip = Object.keys(extension).find(member => /^(on|admit)[A-Z]/.test(member) && !hookNames.includes(member))
  if (slip !== undefined)
    throw new ConfigurationError(
      'extensions',
      `There is no hook '${slip}', which the extension '${extension.name}' has; there are ${hookNames.slice(1).join(', ')}.`,
    )
}
