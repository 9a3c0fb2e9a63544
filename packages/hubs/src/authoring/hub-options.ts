import {
  aFunction,
  anObjectWithAny,
  type ClaimsPrincipal,
  type ConnectionFeatures,
  either,
  listOf,
  nameIdentifier,
  numberFrom,
  type OptionTable,
  oneOf,
  plainResult,
  recordOf,
  text,
  trueOrFalse,
  withDefaults,
} from '@signalbox/abstractions'
import type { ActivatedHubClass, AnyHub } from './hub-descriptor.js'
import { callbackFailure } from './hub-exception.js'
import type { HubFilter, HubInvocationContext } from './hub-filter.js'

/**
 * Whether a user may do something.
 * @param resource - the call, for hub methods; undefined for requests to the hub itself.
 * @source IAuthorizationService
 */
export type AuthorizationPolicy = (
  user: ClaimsPrincipal,
  resource: HubInvocationContext | undefined,
) => boolean | Promise<boolean>

/** @returns a new instance each time: a hub lives for one call. */
export type HubActivator = (hubClass: ActivatedHubClass) => AnyHub

/**
 * Options of a hub, named as in .NET with the unit in the name.
 * @source HubOptions
 */
export interface HubOptions {
  /** How long a client may take for the handshake. Default 15,000 ms. .NET: HandshakeTimeout. */
  handshakeTimeoutMs?: number
  /**
   * How often the server pings; the clients' server time-out should be at least twice this. Default 15,000 ms. .NET:
   * KeepAliveInterval.
   */
  keepAliveIntervalMs?: number
  /** How long a client that has pinged once may stay silent. Default 30,000 ms. .NET: ClientTimeoutInterval. */
  clientTimeoutIntervalMs?: number
  /**
   * Largest message received, framing included; null for none but that of the transport, 30,000,000 bytes. Default
   * 32,768 bytes. .NET: MaximumReceiveMessageSize.
   */
  maximumReceiveMessageSizeBytes?: number | null
  /**
   * Tells clients the type and message of every error, not only of HubException; for development. Default false. .NET:
   * EnableDetailedErrors.
   */
  enableDetailedErrors?: boolean
  /**
   * Tells clients what is wrong with the arguments of their calls, as the schemas of the hub method say it: paths and
   * messages; and how many arguments it takes. Nothing of what the server throws. Default false.
   */
  enableValidationErrors?: boolean
  /**
   * Plain invocations of one client that may run at once; further ones wait in order. Default 1. .NET:
   * MaximumParallelInvocationsPerClient.
   */
  maximumParallelInvocationsPerClient?: number
  /**
   * What may wait for the method of a stream from the client; beyond it the client is held back. Default 10 items.
   * .NET: StreamBufferCapacity.
   */
  streamBufferCapacityItems?: number
  /** Streams to one client that may be under way at once; one more is refused. Default 1,000. */
  maximumStreamsPerClient?: number
  /**
   * Invocations of one client that may be under way without holding one of its slots: they read a stream of the client,
   * or wait for the result of one. One more invocation is refused. Default 1,000.
   */
  maximumPendingInvocationsPerClient?: number
  /**
   * What calls of one client that are under way may hold: of the messages that began them, streams to the client
   * included, beyond which one more call is refused; and, counted by itself, of stream items that no method has read,
   * beyond which the client is held back. Default 1,048,576 bytes, or 32 times `maximumReceiveMessageSizeBytes` if that
   * is more.
   */
  maximumPendingInvocationBytesPerClient?: number
  /**
   * What may be sent and not acknowledged by a client that may resume before awaiting senders wait. Default 100,000
   * bytes. .NET: StatefulReconnectBufferSize.
   */
  statefulReconnectBufferSizeBytes?: number
  /**
   * Makes an instance of a hub for one call, out of whatever gives the class its dependencies. Default its constructor
   * without arguments. .NET: IHubActivator.
   */
  hubActivator?: HubActivator
  /**
   * What `@authorize('name')` and `authorize: 'name'` ask; an unknown name lets nobody pass. Default none. .NET:
   * AddAuthorization.
   */
  policies?: Readonly<Record<string, AuthorizationPolicy>>
  /**
   * Filters around what hubs do, the first outermost; those of the server stand outside those of a hub. Default none.
   * .NET: AddFilter.
   */
  filters?: readonly HubFilter[]
  /** Names of the protocols the hub speaks. Default every one the server has. .NET: SupportedProtocols. */
  supportedProtocols?: readonly string[]
  /**
   * The user a connection belongs to, asked once at the handshake. Default the NameIdentifier claim of its principal.
   * .NET: IUserIdProvider.
   */
  userIdProvider?: (connection: ConnectionFeatures) => string | undefined
}

/** What a hub's `policies` and those of a raw connection are. */
export const takesPolicies = recordOf(
  "an object with a function for each policy, { admin: user => user.hasClaim('role', 'admin') }",
  aFunction<AuthorizationPolicy>('a function that returns true or false, (user, call) => …'),
)

export const hubOptionTable = {
  handshakeTimeoutMs: {
    takes: numberFrom(1),
    doc: 'How long a client may take for the handshake.',
    default: 15_000,
    dotNetName: 'HandshakeTimeout',
  },
  keepAliveIntervalMs: {
    takes: numberFrom(1),
    doc: "How often the server pings; the clients' server time-out should be at least twice this.",
    default: 15_000,
    dotNetName: 'KeepAliveInterval',
  },
  clientTimeoutIntervalMs: {
    takes: numberFrom(1),
    doc: 'How long a client that has pinged once may stay silent.',
    default: 30_000,
    dotNetName: 'ClientTimeoutInterval',
  },
  maximumReceiveMessageSizeBytes: {
    takes: either(numberFrom(1), oneOf(null)),
    doc: 'Largest message received, framing included; null for none but that of the transport, 30,000,000 bytes.',
    default: 32_768,
    dotNetName: 'MaximumReceiveMessageSize',
  },
  enableDetailedErrors: {
    takes: trueOrFalse,
    doc: 'Tells clients the type and message of every error, not only of HubException; for development.',
    default: false,
    dotNetName: 'EnableDetailedErrors',
  },
  enableValidationErrors: {
    takes: trueOrFalse,
    doc:
      'Tells clients what is wrong with the arguments of their calls, as the schemas of the hub method say it: paths' +
      ' and messages; and how many arguments it takes. Nothing of what the server throws.',
    default: false,
  },
  maximumParallelInvocationsPerClient: {
    takes: numberFrom(1),
    doc: 'Plain invocations of one client that may run at once; further ones wait in order.',
    default: 1,
    dotNetName: 'MaximumParallelInvocationsPerClient',
  },
  streamBufferCapacityItems: {
    takes: numberFrom(1),
    doc: 'What may wait for the method of a stream from the client; beyond it the client is held back.',
    default: 10,
    dotNetName: 'StreamBufferCapacity',
  },
  maximumStreamsPerClient: {
    takes: numberFrom(0),
    doc: 'Streams to one client that may be under way at once; one more is refused.',
    default: 1_000,
  },
  maximumPendingInvocationsPerClient: {
    takes: numberFrom(1),
    doc:
      'Invocations of one client that may be under way without holding one of its slots: they read a stream of the' +
      ' client, or wait for the result of one. One more invocation is refused.',
    default: 1_000,
  },
  maximumPendingInvocationBytesPerClient: {
    takes: numberFrom(1),
    doc:
      'What calls of one client that are under way may hold: of the messages that began them, streams to the client' +
      ' included, beyond which one more call is refused; and, counted by itself, of stream items that no method has' +
      ' read, beyond which the client is held back.',
    defaultText: '1,048,576 bytes, or 32 times `maximumReceiveMessageSizeBytes` if that is more',
  },
  statefulReconnectBufferSizeBytes: {
    takes: numberFrom(1),
    doc: 'What may be sent and not acknowledged by a client that may resume before awaiting senders wait.',
    default: 100_000,
    dotNetName: 'StatefulReconnectBufferSize',
  },
  hubActivator: {
    takes: aFunction('a function that makes a hub, hubClass => new hubClass(…)'),
    doc: 'Makes an instance of a hub for one call, out of whatever gives the class its dependencies.',
    default: hubClass => new (hubClass as new () => AnyHub)(),
    defaultText: 'its constructor without arguments',
    dotNetName: 'IHubActivator',
  },
  policies: {
    takes: takesPolicies,
    doc: "What `@authorize('name')` and `authorize: 'name'` ask; an unknown name lets nobody pass.",
    default: {},
    dotNetName: 'AddAuthorization',
  },
  filters: {
    takes: listOf(
      'a list of objects with invokeMethod',
      anObjectWithAny<HubFilter>(
        'an object with invokeMethod, onBindingFailure, onConnected or onDisconnected',
        'invokeMethod',
        'onBindingFailure',
        'onConnected',
        'onDisconnected',
      ),
    ),
    doc: 'Filters around what hubs do, the first outermost; those of the server stand outside those of a hub.',
    default: [],
    dotNetName: 'AddFilter',
  },
  supportedProtocols: {
    takes: listOf("a list such as ['json']", text("a protocol's name")),
    doc: 'Names of the protocols the hub speaks.',
    defaultText: 'every one the server has',
    dotNetName: 'SupportedProtocols',
  },
  userIdProvider: {
    takes: aFunction('a function that returns a text, ({ user }) => user.findFirst(…)'),
    doc: 'The user a connection belongs to, asked once at the handshake.',
    defaultText: 'the NameIdentifier claim of its principal',
    dotNetName: 'IUserIdProvider',
  },
} satisfies OptionTable<HubOptions>

export interface ResolvedHubOptions
  extends Required<Omit<HubOptions, 'supportedProtocols' | 'maximumReceiveMessageSizeBytes'>> {
  /** Infinity for no limit. */
  readonly maximumReceiveMessageSizeBytes: number
  readonly supportedProtocols: readonly string[] | undefined
}

/** @throws ConfigurationError that names the option. */
export function resolveHubOptions(options: HubOptions): Readonly<ResolvedHubOptions> {
  const given = withDefaults<HubOptions, typeof hubOptionTable>(hubOptionTable, options)
  const maximumReceiveMessageSizeBytes = given.maximumReceiveMessageSizeBytes ?? Infinity
  return {
    ...given,
    maximumReceiveMessageSizeBytes,
    maximumPendingInvocationBytesPerClient:
      given.maximumPendingInvocationBytesPerClient ?? Math.max(1_048_576, 32 * maximumReceiveMessageSizeBytes),
    hubActivator: options.hubActivator === undefined ? given.hubActivator : namedActivator(options.hubActivator),
    userIdProvider: checkedUserIdProvider(given.userIdProvider),
  }
}

const namedActivator =
  (activator: HubActivator): HubActivator =>
  hubClass => {
    try {
      return activator(hubClass)
    } catch (error) {
      throw callbackFailure('hubActivator', error)
    }
  }

/**
 * The user id of a connection; null counts as none.
 * @param userIdProvider - the option; default the principal's NameIdentifier claim.
 * @returns a function that throws a CallbackError, also for an id that is no text: a promise or a number would make its
 * user unreachable, silently.
 */
export function checkedUserIdProvider(
  userIdProvider: HubOptions['userIdProvider'],
): (connection: ConnectionFeatures) => string | undefined {
  if (userIdProvider === undefined) return ({ user }) => user.findFirst(nameIdentifier)
  return connection => {
    try {
      return plainResult('userIdProvider', userIdProvider(connection) ?? undefined, isTextOrNone, 'a text or undefined')
    } catch (error) {
      throw callbackFailure('userIdProvider', error)
    }
  }
}

const isTextOrNone = (value: unknown): boolean => value === undefined || typeof value === 'string'
