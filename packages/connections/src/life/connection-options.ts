import {
  type HttpTransportType,
  httpTransportTypes,
  listOf,
  numberFrom,
  type OptionTable,
  oneOf,
  trueOrFalse,
  withDefaults,
} from '@signalbox/abstractions'

/**
 * Options of one endpoint, named as in .NET with the unit in the name.
 * @source HttpConnectionDispatcherOptions
 */
export interface ConnectionOptions {
  /** Transports offered by negotiate and served. Default all three. .NET: Transports. */
  transports?: readonly HttpTransportType[]
  /**
   * What may have been received from the client and not yet read by the application before its senders are held back; 0
   * for as much as `maximumPendingReceiveBytes`. Default 65,536 bytes. .NET: ApplicationMaxBufferSize.
   */
  applicationMaxBufferSizeBytes?: number
  /**
   * What may have been written and not yet taken by the client before awaiting senders wait; 0 for never. Default
   * 65,536 bytes. .NET: TransportMaxBufferSize.
   */
  transportMaxBufferSizeBytes?: number
  /** What may have been written and not yet taken by the client; with more it is cut off. Default 1,048,576 bytes. */
  maximumPendingSendBytes?: number
  /**
   * What may have been received and not yet read by the application: with more a WebSocket client that cannot be held
   * back is cut off. Also the largest body of one POST, and of all those that wait behind it: more is answered 413, and
   * the connection lives on. Default 1,048,576 bytes; for a hub twice its `maximumReceiveMessageSizeBytes` if that is
   * more, and 30,000,000 if that is null.
   */
  maximumPendingReceiveBytes?: number
  /**
   * How long a client may take nothing of what it is owed before it is cut off; `Infinity` for ever. Default 10,000 ms.
   * .NET: TransportSendTimeout.
   */
  transportSendTimeoutMs?: number
  /** Longest life of one poll. Default 90,000 ms. .NET: LongPolling.PollTimeout. */
  longPollingPollTimeoutMs?: number
  /**
   * Lets clients that ask for it resume a connection whose socket was lost, without missing a message. Default false.
   * .NET: AllowStatefulReconnects.
   */
  allowStatefulReconnects?: boolean
  /** Lowest `negotiateVersion` a client may ask for. Default 0. .NET: MinimumProtocolVersion. */
  minimumProtocolVersion?: number
}

/** Options of the whole process. @source ConnectionOptions */
export interface ConnectionManagerOptions {
  /**
   * How long a connection without transport is kept: one that has negotiated and not connected, or is between two
   * polls. Default 15,000 ms. .NET: ConnectionOptions.DisconnectTimeout.
   */
  disconnectTimeoutMs?: number
  /**
   * Connections that have negotiated and not connected yet; for one more the oldest of the client address that has most
   * of them is forgotten. Default 1,000.
   */
  maximumPendingConnections?: number
  /**
   * How long messages to many connections may wait for more of them, to leave in one write, while 50 connections or
   * more are written to again and again; 0 for never. The first message after a while, answers to calls and messages to
   * one do not wait. Default 10 ms.
   */
  maximumBroadcastDelayMs?: number
}

export const connectionOptionTable = {
  transports: {
    takes: listOf("a list such as ['WebSockets', 'LongPolling']", oneOf(...httpTransportTypes)),
    doc: 'Transports offered by negotiate and served.',
    default: httpTransportTypes,
    defaultText: 'all three',
    dotNetName: 'Transports',
  },
  applicationMaxBufferSizeBytes: {
    takes: numberFrom(0),
    doc:
      'What may have been received from the client and not yet read by the application before its senders are held' +
      ' back; 0 for as much as `maximumPendingReceiveBytes`.',
    default: 65_536,
    dotNetName: 'ApplicationMaxBufferSize',
  },
  transportMaxBufferSizeBytes: {
    takes: numberFrom(0),
    doc: 'What may have been written and not yet taken by the client before awaiting senders wait; 0 for never.',
    default: 65_536,
    dotNetName: 'TransportMaxBufferSize',
  },
  maximumPendingSendBytes: {
    takes: numberFrom(1),
    doc: 'What may have been written and not yet taken by the client; with more it is cut off.',
    default: 1_048_576,
  },
  maximumPendingReceiveBytes: {
    takes: numberFrom(1),
    doc:
      'What may have been received and not yet read by the application: with more a WebSocket client that cannot be' +
      ' held back is cut off. Also the largest body of one POST, and of all those that wait behind it: more is' +
      ' answered 413, and the connection lives on.',
    default: 1_048_576,
    defaultText:
      '1,048,576 bytes; for a hub twice its `maximumReceiveMessageSizeBytes` if that is more, and 30,000,000 if that is' +
      ' null',
  },
  transportSendTimeoutMs: {
    takes: numberFrom(1),
    doc: 'How long a client may take nothing of what it is owed before it is cut off; `Infinity` for ever.',
    default: 10_000,
    dotNetName: 'TransportSendTimeout',
  },
  longPollingPollTimeoutMs: {
    takes: numberFrom(1),
    doc: 'Longest life of one poll.',
    default: 90_000,
    dotNetName: 'LongPolling.PollTimeout',
  },
  allowStatefulReconnects: {
    takes: trueOrFalse,
    doc: 'Lets clients that ask for it resume a connection whose socket was lost, without missing a message.',
    default: false,
    dotNetName: 'AllowStatefulReconnects',
  },
  minimumProtocolVersion: {
    takes: numberFrom(-Infinity),
    doc: 'Lowest `negotiateVersion` a client may ask for.',
    default: 0,
    dotNetName: 'MinimumProtocolVersion',
  },
} satisfies OptionTable<ConnectionOptions>

export const connectionManagerOptionTable = {
  disconnectTimeoutMs: {
    takes: numberFrom(1),
    doc: 'How long a connection without transport is kept: one that has negotiated and not connected, or is between two polls.',
    default: 15_000,
    dotNetName: 'ConnectionOptions.DisconnectTimeout',
  },
  maximumPendingConnections: {
    takes: numberFrom(1),
    doc:
      'Connections that have negotiated and not connected yet; for one more the oldest of the client address that has' +
      ' most of them is forgotten.',
    default: 1_000,
  },
  maximumBroadcastDelayMs: {
    takes: numberFrom(0, 1_000),
    doc:
      'How long messages to many connections may wait for more of them, to leave in one write, while 50 connections or' +
      ' more are written to again and again; 0 for never. The first message after a while, answers to calls and' +
      ' messages to one do not wait.',
    default: 10,
  },
} satisfies OptionTable<ConnectionManagerOptions>

export type ResolvedConnectionOptions = Readonly<Required<ConnectionOptions>>
export type ResolvedConnectionManagerOptions = Readonly<Required<ConnectionManagerOptions>>

/** @throws ConfigurationError that names the option. */
export const resolveConnectionOptions = (options: ConnectionOptions): ResolvedConnectionOptions =>
  withDefaults<ConnectionOptions, typeof connectionOptionTable>(connectionOptionTable, options)

/** @throws ConfigurationError that names the option. */
export const resolveConnectionManagerOptions = (options: ConnectionManagerOptions): ResolvedConnectionManagerOptions =>
  withDefaults<ConnectionManagerOptions, typeof connectionManagerOptionTable>(connectionManagerOptionTable, options)
