import type { HubProtocolError } from './hub-protocol-error.js'

/**
 * The nine messages of the hub protocol, discriminated by `type`.
 * Absent members are `undefined`, never null; a null result is kept apart from an absent one (`hasResult`).
 * @source HubProtocol.md
 */
export type MessageHeaders = Readonly<Record<string, string>>

export const MessageType = {
  Invocation: 1,
  StreamItem: 2,
  Completion: 3,
  StreamInvocation: 4,
  CancelInvocation: 5,
  Ping: 6,
  Close: 7,
  Ack: 8,
  Sequence: 9,
} as const

/**
 * Calls `target`; without an `invocationId` it is fire and forget and must never be answered, not even with an error.
 */
export interface InvocationMessage {
  readonly type: 1
  readonly headers: MessageHeaders | undefined
  readonly invocationId: string | undefined
  readonly target: string
  readonly arguments: readonly unknown[]
  readonly streamIds: readonly string[] | undefined
}

export interface StreamItemMessage {
  readonly type: 2
  readonly headers: MessageHeaders | undefined
  readonly invocationId: string
  readonly item: unknown
}

/**
 * Ends an invocation or a stream: an error, a result (null included), or neither (`hasResult` false: a stream's end).
 */
export interface CompletionMessage {
  readonly type: 3
  readonly headers: MessageHeaders | undefined
  readonly invocationId: string
  readonly error: string | undefined
  /** A `RawResult` where a client's answer goes on to another server. */
  readonly result: unknown
  readonly hasResult: boolean
}

export interface StreamInvocationMessage {
  readonly type: 4
  readonly headers: MessageHeaders | undefined
  readonly invocationId: string
  readonly target: string
  readonly arguments: readonly unknown[]
  readonly streamIds: readonly string[] | undefined
}

export interface CancelInvocationMessage {
  readonly type: 5
  readonly headers: MessageHeaders | undefined
  readonly invocationId: string
}

export interface PingMessage {
  readonly type: 6
}

export interface CloseMessage {
  readonly type: 7
  readonly error: string | undefined
  readonly allowReconnect: boolean
}

export interface AckMessage {
  readonly type: 8
  readonly sequenceId: number
}

export interface SequenceMessage {
  readonly type: 9
  readonly sequenceId: number
}

export type HubMessage =
  | InvocationMessage
  | StreamItemMessage
  | CompletionMessage
  | StreamInvocationMessage
  | CancelInvocationMessage
  | PingMessage
  | CloseMessage
  | AckMessage
  | SequenceMessage

/**
 * A call (type 1 or 4) whose arguments cannot be read, while all around them can. Only the call fails: it is answered
 * with `error` when it has an id, and the connection lives.
 * @source InvocationBindingFailureMessage
 */
export interface InvocationBindingFailureMessage {
  readonly type: 'invocationBindingFailure'
  readonly invocationId: string | undefined
  readonly target: string
  readonly error: HubProtocolError
}

/**
 * A stream item (type 2) that cannot be read. The upload it belongs to ends with an error, and the connection lives.
 * @source StreamBindingFailureMessage
 */
export interface StreamBindingFailureMessage {
  readonly type: 'streamBindingFailure'
  readonly streamId: string
  readonly error: HubProtocolError
}

/** What reading gives: a message, or the part of one that failed by itself. */
export type ReceivedMessage = HubMessage | InvocationBindingFailureMessage | StreamBindingFailureMessage

export const pingMessage: PingMessage = { type: MessageType.Ping }
