import { ConfigurationError, type ConnectionHandler, type RecurringLog } from '@signalbox/abstractions'
import {
  type AuthenticationOptions,
  type ConnectionEndpoint,
  type ConnectionOptions,
  type IterableConnectionHandler,
  iterableConnectionHandler,
  resolveConnectionOptions,
} from '@signalbox/connections'
import { type HubOptions, hubConnectionHandler } from '@signalbox/hubs'
import type { HubProtocol } from '@signalbox/protocol'
import {
  checkMethodPolicies,
  type NamedPolicy,
  policiesOf,
  requirementsOfClass,
} from '../authentication/authorization.js'
import { endpointAuthentication } from '../authentication/endpoint-authentication.js'
import type { Extensions } from '../extensions/extensions.js'
import type { Hosts } from '../hosting/hosts.js'
import { checkOptions } from '../options/check-options.js'
import { messageNeeds, withRoomForMessages } from '../options/message-needs.js'
import type { MapConnectionOptions, MapHubOptions, ServerOptions } from '../options/server-options.js'
import type { Router } from '../requests/router.js'
import { checkedHubClass, type MappedHubs } from './mapped-hubs.js'

/** What becomes part of a server when something is mapped to a path. */
interface EndpointParts {
  readonly router: Router
  readonly hosts: Hosts
  readonly extensions: Extensions
  readonly hubs: MappedHubs
  readonly protocols: readonly HubProtocol[]
  readonly recurringLog: RecurringLog
  /** How long a raw connection may stay when its peer is gone. */
  readonly endTimeoutMs: number
}

type EndpointOptions = ConnectionOptions &
  AuthenticationOptions &
  Pick<HubOptions, 'userIdProvider' | 'maximumReceiveMessageSizeBytes'>

/** What runs at a path. */
interface Application {
  readonly handler: ConnectionHandler
  readonly options: EndpointOptions
  /** Undefined when anybody may come in. */
  readonly policies: readonly NamedPolicy[] | undefined
  /** Undefined for a raw connection. */
  readonly hubName?: string
  readonly endTimeoutMs?: number
}

/**
 * Maps hubs and raw connections to paths: their options resolved, their users authenticated, their messages let through
 * by the hosts.
 */
export class Endpoints {
  readonly #options: ServerOptions
  readonly #parts: EndpointParts

  /** @param options - of the server: defaults for what is mapped. */
  constructor(options: ServerOptions, parts: EndpointParts) {
    this.#options = options
    this.#parts = parts
  }

  /** @throws ConfigurationError as `mapHub` of the server does. */
  mapHub(path: string, mappedClass: unknown, options: MapHubOptions): void {
    const { hubs, protocols } = this.#parts
    const hubClass = checkedHubClass('mapHub', mappedClass)
    checkOptions('mapHub', options)
    const filters = [...(this.#options.filters ?? []), ...(options.filters ?? [])]
    const all = { ...this.#withDefaults(options), filters }
    const names = all.supportedProtocols ?? protocols.map(({ name }) => name)
    if (!protocols.some(({ name }) => names.some(one => one.toLowerCase() === name)))
      throw new ConfigurationError('supportedProtocols', 'supportedProtocols leaves the hub without a protocol.')
    const runtime = hubs.runtimeOf(hubClass)
    checkMethodPolicies(runtime, all.policies)
    const policies = policiesOf([...requirementsOfClass(hubClass), all.authorize], all.policies)
    const handler = hubConnectionHandler(runtime, all)
    this.#map(path, { handler, options: all, policies, hubName: runtime.descriptor.name })
    hubs.add(runtime, path, handler)
  }

  /** @throws ConfigurationError as `mapConnection` of the server does. */
  mapConnection(path: string, handler: IterableConnectionHandler, options: MapConnectionOptions): void {
    const { recurringLog, endTimeoutMs } = this.#parts
    if (typeof handler !== 'function')
      throw new ConfigurationError('handler', `mapConnection needs a function, but got ${typeof handler}.`)
    checkOptions('mapConnection', options)
    const { maximumReceiveMessageSizeBytes: _ofHubs, ...all } = this.#withDefaults(options)
    const policies = policiesOf([all.authorize], all.policies)
    const connectionHandler = iterableConnectionHandler(path, handler, recurringLog)
    this.#map(path, { handler: connectionHandler, options: all, policies, endTimeoutMs })
  }

  #map(path: string, { handler, options, policies, hubName, endTimeoutMs }: Application): void {
    const { router, hosts } = this.#parts
    const authentication = endpointAuthentication(path, this.#options.authenticate, policies, options)
    const resolved = resolveConnectionOptions(withRoomForMessages(options))
    hosts.admitMessages(messageNeeds(path, options, resolved.maximumPendingReceiveBytes))
    const negotiate = this.#negotiate(path, hubName)
    router.mapEndpoint(path, { path, handler, options: resolved, authentication, negotiate, endTimeoutMs })
  }

  #negotiate(path: string, hubName: string | undefined): ConnectionEndpoint['negotiate'] {
    const { negotiate } = this.#parts.extensions
    return negotiate && ((request, user) => negotiate(request, { path, hubName, user }))
  }

  /** The server's options below those given; one given as undefined is not given. */
  #withDefaults<T extends object>(options: T): ServerOptions & T {
    const given = Object.entries(options).filter(([, value]) => value !== undefined)
    return { ...this.#options, ...(Object.fromEntries(given) as T) }
  }
}
