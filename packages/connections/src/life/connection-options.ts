import { ConfigurationError, type HttpTransportType, httpTransportTypes } from '@signalbox/abstractions'

/**
 * Options of one endpoint, named as in .NET with the unit in the name.
 * @source HttpConnectionDispatcherOptions
 */
export interface ConnectionOptions {
  /** Transports offered by negotiate and served; default all three. */
  transports?: readonly HttpTransportType[]
  /** Bytes received from the client and not yet read by the application before its senders are held back; default 65,536. */
  applicationMaxBufferSizeBytes?: number
  /** Bytes written and not yet taken by the client at which awaiting senders wait, 0 for never; default 65,536. */
  transportMaxBufferSizeBytes?: number
  /** Bytes written and not yet taken by the client beyond which it is cut off; default 1,048,576. */
  maximumPendingSendBytes?: number
  /**
   * Bytes received and not yet read by the application beyond which a WebSocket client that cannot be held back is cut off; also the
   * largest body of one POST, and of all those that wait behind it (more is answered 413 and the connection lives on). Default 1,048,576; for
   * a hub twice its `maximumReceiveMessageSizeBytes` if that is more, and 30,000,000 if that is null.
   */
  maximumPendingReceiveBytes?: number
  /** How long a client may take nothing of what it is owed before it is cut off; default 10,000 ms, `Infinity` disables. */
  transportSendTimeoutMs?: number
  /** Longest life of one poll; default 90,000 ms. */
  longPollingPollTimeoutMs?: number
  /** Lets clients that ask for it resume a connection whose socket was lost, without missing a message; default false. */
  allowStatefulReconnects?: boolean
  /** Lowest `negotiateVersion` a client may ask for; default 0. */
  minimumProtocolVersion?: number
}

/** Options of the whole process. @source ConnectionOptions */
export interface ConnectionManagerOptions {
  /** How long a connection without transport is kept (negotiated and not connected, or between two polls); default 15,000 ms. */
  disconnectTimeoutMs?: number
  /**
   * Connections that have negotiated and not connected yet; for one more the oldest of the client address that has most of them is forgotten.
   * Default 1,000.
   */
  maximumPendingConnections?: number
  /**
   * How long messages to many connections may wait for more of them, to leave in one write, while 50 connections or more are written to
   * again and again; default 10 ms, 0 for never, at most 1,000 ms. The first message after a while, answers to calls and messages to one do not wait.
   */
  maximumBroadcastDelayMs?: number
}

export type ResolvedConnectionOptions = Readonly<Required<ConnectionOptions>>
export type ResolvedConnectionManagerOptions = Readonly<Required<ConnectionManagerOptions>>

export function resolveConnectionOptions(options: ConnectionOptions): ResolvedConnectionOptions {
  const resolved = {
    transports: options.transports ?? httpTransportTypes,
    applicationMaxBufferSizeBytes: atLeast(
      0,
      'applicationMaxBufferSizeBytes',
      options.applicationMaxBufferSizeBytes ?? 65_536,
    ),
    transportMaxBufferSizeBytes: atLeast(
      0,
      'transportMaxBufferSizeBytes',
      options.transportMaxBufferSizeBytes ?? 65_536,
    ),
    maximumPendingSendBytes: atLeast(1, 'maximumPendingSendBytes', options.maximumPendingSendBytes ?? 1_048_576),
    maximumPendingReceiveBytes: atLeast(
      1,
      'maximumPendingReceiveBytes',
      options.maximumPendingReceiveBytes ?? 1_048_576,
    ),
    transportSendTimeoutMs: atLeast(1, 'transportSendTimeoutMs', options.transportSendTimeoutMs ?? 10_000),
    longPollingPollTimeoutMs: atLeast(1, 'longPollingPollTimeoutMs', options.longPollingPollTimeoutMs ?? 90_000),
    allowStatefulReconnects: options.allowStatefulReconnects ?? false,
    minimumProtocolVersion: atLeast(-Infinity, 'minimumProtocolVersion', options.minimumProtocolVersion ?? 0),
  }
  for (const transport of resolved.transports) {
    if (!httpTransportTypes.includes(transport))
      throw new ConfigurationError(
        'transports',
        `transports: '${transport}' is none of ${httpTransportTypes.join(', ')}.`,
      )
  }
  return resolved
}

export function resolveConnectionManagerOptions(options: ConnectionManagerOptions): ResolvedConnectionManagerOptions {
  return {
    disconnectTimeoutMs: atLeast(1, 'disconnectTimeoutMs', options.disconnectTimeoutMs ?? 15_000),
    maximumPendingConnections: atLeast(1, 'maximumPendingConnections', options.maximumPendingConnections ?? 1_000),
    maximumBroadcastDelayMs: between(0, 1000, 'maximumBroadcastDelayMs', options.maximumBroadcastDelayMs ?? 10),
  }
}

export function atLeast(minimum: number, option: string, value: number): number {
  if (typeof value === 'number' && value >= minimum) return value
  throw new ConfigurationError(option, `${option} must be a number not below ${minimum}, but is ${String(value)}.`)
}

function between(minimum: number, maximum: number, option: string, value: number): number {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return value
  throw new ConfigurationError(
    option,
    `${option} must be a number from ${minimum} to ${maximum}, but is ${String(value)}.`,
  )
}
