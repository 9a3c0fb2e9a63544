import type { TransferFormat } from '@signalbox/abstractions'
import type { HubMessage, ReceivedMessage } from './hub-message.js'

/** A window of received bytes; `offset` moves past each message that was read. */
export interface ByteCursor {
  bytes: Buffer
  offset: number
  /** One past the last byte that may be looked at. */
  end: number
}

/** What reading a message takes to know of the call it belongs to. @source IInvocationBinder */
export interface InvocationBinder {
  /**
   * Whether the result of this call goes on to another server: it is then read as `RawResult`.
   * @source IInvocationBinder.GetReturnType
   */
  wantsRawResult(invocationId: string): boolean
}

/**
 * A codec: bytes in, messages out. It holds no state between calls, so one instance serves every connection.
 * Implementations: `JsonHubProtocol`, and `MessagePackHubProtocol` in a package of its own.
 * @source IHubProtocol
 */
export interface HubProtocol {
  /** Name in the handshake, for example `json`; compared without regard to case. */
  readonly name: string
  /**
   * Highest version it speaks; every version up to it is accepted, zero and negative ones too, as ASP.NET Core does.
   */
  readonly version: number
  readonly transferFormat: TransferFormat
  /**
   * Reads the next message and moves `cursor.offset` past it. Messages of unknown type are skipped.
   * What is wrong with a value alone, with an argument or a stream item, is a binding failure.
   * Nothing it returns refers to the cursor's memory.
   * @param binder - without one no result is read as `RawResult`.
   * @returns undefined when no whole message is left (the offset then stands behind the last whole one).
   * @throws HubProtocolError when the peer broke the rules; the connection has to be closed.
   */
  tryParseMessage(cursor: ByteCursor, binder?: InvocationBinder): ReceivedMessage | undefined
  /**
   * Writes one message with its framing.
   * @throws TypeError or whatever the serializer throws when an argument, item or result cannot be serialized.
   */
  writeMessage(message: HubMessage): Buffer
  /**
   * The same as text, in a protocol of text, for a message that goes to one receiver.
   * @returns undefined for a message that is cheaper to write as bytes.
   * @throws as `writeMessage` does.
   */
  writeText?(message: HubMessage): string | undefined
  /**
   * `writeText` for the items of one stream, all but the item written once.
   * @returns what makes the message of an item; it throws as `writeMessage` does.
   */
  createStreamItemWriter?(invocationId: string): (item: unknown) => string
}
