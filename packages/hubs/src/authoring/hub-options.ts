import {
  type ClaimsPrincipal,
  ConfigurationError,
  type ConnectionFeatures,
  nameIdentifier,
  plainResult,
} from '@signalbox/abstractions'
import type { ActivatedHubClass, AnyHub } from './hub-descriptor.js'
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
  /** How long a client may take for the handshake; default 15,000 ms. */
  handshakeTimeoutMs?: number
  /** How often the server pings; the clients' server time-out should be at least twice this. Default 15,000 ms. */
  keepAliveIntervalMs?: number
  /** How long a client that has pinged once may stay silent; default 30,000 ms. */
  clientTimeoutIntervalMs?: number
  /** Largest message received, framing included; null for none but that of the transport, 30,000,000. Default 32,768 bytes. */
  maximumReceiveMessageSizeBytes?: number | null
  /** Tells clients the type and message of every error, not only of HubException; for development. Default false. */
  enableDetailedErrors?: boolean
  /**
   * Tells clients what is wrong with the arguments of their calls, as the schemas of the hub method say it: paths and messages; and how many
   * arguments it takes. Nothing of what the server throws. Default false: they are told that the call failed.
   */
  enableValidationErrors?: boolean
  /** Plain invocations of one client that may run at once; further ones wait in order. Default 1. */
  maximumParallelInvocationsPerClient?: number
  /** Items of a stream from the client that may wait for the method; default 10. */
  streamBufferCapacityItems?: number
  /** Streams to one client that may be under way at once; one more is refused. Default 1,000. */
  maximumStreamsPerClient?: number
  /**
   * Invocations of one client that may be under way without holding one of its slots: they read a stream of the client, or wait for the result of
   * one. One more invocation is refused. Default 1,000.
   */
  maximumPendingInvocationsPerClient?: number
  /**
   * Bytes of one client that calls under way may hold: of the messages that began them, streams to the client included, beyond which one more
   * call is refused; and, counted by themselves, of stream items that no method has read, beyond which the client is held back. Default
   * 1,048,576 bytes, or 32 times `maximumReceiveMessageSizeBytes` if that is more.
   */
  maximumPendingInvocationBytesPerClient?: number
  /** Bytes sent and not acknowledged by a client that may resume, at which awaiting senders wait; default 100,000. */
  statefulReconnectBufferSizeBytes?: number
  /**
   * Makes an instance of a hub for one call, out of whatever gives the class its dependencies; default its constructor without arguments.
   * @source IHubActivator
   */
  hubActivator?: HubActivator
  /** Policies that `@authorize('name')` names; an unknown name lets nobody pass. */
  policies?: Readonly<Record<string, AuthorizationPolicy>>
  /** Filters around what hubs do, the first outermost; those of the server stand outside those of a hub. */
  filters?: readonly HubFilter[]
  /** Names of the protocols the hub speaks; default every one the server has. */
  supportedProtocols?: readonly string[]
  /** The user a connection belongs to, asked once at the handshake; default its principal's NameIdentifier claim. @source IUserIdProvider */
  userIdProvider?: (connection: ConnectionFeatures) => string | undefined
}

export interface ResolvedHubOptions
  extends Required<Omit<HubOptions, 'supportedProtocols' | 'maximumReceiveMessageSizeBytes'>> {
  /** Infinity for no limit. */
  readonly maximumReceiveMessageSizeBytes: number
  readonly supportedProtocols: readonly string[] | undefined
}

/** @throws ConfigurationError that names the option. */
export function resolveHubOptions(options: HubOptions): Readonly<ResolvedHubOptions> {
  const maximumReceiveMessageSizeBytes =
    options.maximumReceiveMessageSizeBytes === null
      ? Infinity
      : atLeast(1, 'maximumReceiveMessageSizeBytes', options.maximumReceiveMessageSizeBytes ?? 32_768)
  return {
    handshakeTimeoutMs: atLeast(1, 'handshakeTimeoutMs', options.handshakeTimeoutMs ?? 15_000),
    keepAliveIntervalMs: atLeast(1, 'keepAliveIntervalMs', options.keepAliveIntervalMs ?? 15_000),
    clientTimeoutIntervalMs: atLeast(1, 'clientTimeoutIntervalMs', options.clientTimeoutIntervalMs ?? 30_000),
    maximumReceiveMessageSizeBytes,
    enableDetailedErrors: options.enableDetailedErrors ?? false,
    enableValidationErrors: options.enableValidationErrors ?? false,
    maximumParallelInvocationsPerClient: atLeast(
      1,
      'maximumParallelInvocationsPerClient',
      options.maximumParallelInvocationsPerClient ?? 1,
    ),
    streamBufferCapacityItems: atLeast(1, 'streamBufferCapacityItems', options.streamBufferCapacityItems ?? 10),
    maximumStreamsPerClient: atLeast(0, 'maximumStreamsPerClient', options.maximumStreamsPerClient ?? 1_000),
    maximumPendingInvocationsPerClient: atLeast(
      1,
      'maximumPendingInvocationsPerClient',
      options.maximumPendingInvocationsPerClient ?? 1_000,
    ),
    maximumPendingInvocationBytesPerClient: atLeast(
      1,
      'maximumPendingInvocationBytesPerClient',
      options.maximumPendingInvocationBytesPerClient ?? Math.max(1_048_576, 32 * maximumReceiveMessageSizeBytes),
    ),
    statefulReconnectBufferSizeBytes: atLeast(
      1,
      'statefulReconnectBufferSizeBytes',
      options.statefulReconnectBufferSizeBytes ?? 100_000,
    ),
    hubActivator: options.hubActivator ?? (hubClass => new (hubClass as new () => AnyHub)()),
    policies: options.policies ?? {},
    filters: options.filters ?? [],
    supportedProtocols: options.supportedProtocols,
    userIdProvider: checkedUserIdProvider(options.userIdProvider),
  }
}

/**
 * The user id of a connection; null counts as none.
 * @param userIdProvider - the option; default the principal's NameIdentifier claim.
 * @returns a function that throws a TypeError for an id that is no text: a promise or a number would make its user
 * unreachable, silently.
 */
export function checkedUserIdProvider(
  userIdProvider: HubOptions['userIdProvider'],
): (connection: ConnectionFeatures) => string | undefined {
  if (userIdProvider === undefined) return ({ user }) => user.findFirst(nameIdentifier)
  return connection =>
    plainResult('userIdProvider', userIdProvider(connection) ?? undefined, isTextOrNone, 'a text or undefined')
}

const isTextOrNone = (value: unknown): boolean => value === undefined || typeof value === 'string'

function atLeast(minimum: number, option: string, value: number): number {
  if (typeof value === 'number' && value >= minimum) return value
  throw new ConfigurationError(option, `${option} must be a number not below ${minimum}, but is ${String(value)}.`)
}
