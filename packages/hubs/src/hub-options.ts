import { ConfigurationError, type ConnectionFeatures } from '@signalbox/abstractions'

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
  /** Largest message received, framing included; null for no limit. Default 32,768 bytes. */
  maximumReceiveMessageSizeBytes?: number | null
  /** Tells clients the type and message of every error, not only of HubException; for development. Default false. */
  enableDetailedErrors?: boolean
  /** Plain invocations of one client that may run at once; further ones wait in order. Default 1. */
  maximumParallelInvocationsPerClient?: number
  /** Names of the protocols the hub speaks; default every one the server has. */
  supportedProtocols?: readonly string[]
  /** The user a connection belongs to, asked once at the handshake; default none. @source IUserIdProvider */
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
  return {
    handshakeTimeoutMs: atLeast(1, 'handshakeTimeoutMs', options.handshakeTimeoutMs ?? 15_000),
    keepAliveIntervalMs: atLeast(1, 'keepAliveIntervalMs', options.keepAliveIntervalMs ?? 15_000),
    clientTimeoutIntervalMs: atLeast(1, 'clientTimeoutIntervalMs', options.clientTimeoutIntervalMs ?? 30_000),
    maximumReceiveMessageSizeBytes:
      options.maximumReceiveMessageSizeBytes === null
        ? Infinity
        : atLeast(1, 'maximumReceiveMessageSizeBytes', options.maximumReceiveMessageSizeBytes ?? 32_768),
    enableDetailedErrors: options.enableDetailedErrors ?? false,
    maximumParallelInvocationsPerClient: atLeast(
      1,
      'maximumParallelInvocationsPerClient',
      options.maximumParallelInvocationsPerClient ?? 1,
    ),
    supportedProtocols: options.supportedProtocols,
    userIdProvider: options.userIdProvider ?? (() => undefined),
  }
}

function atLeast(minimum: number, option: string, value: number): number {
  if (typeof value === 'number' && value >= minimum) return value
  throw new ConfigurationError(option, `${option} must be a number not below ${minimum}, but is ${String(value)}.`)
}
