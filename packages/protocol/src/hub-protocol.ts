import type { TransferFormat } from '@signalbox/abstractions'
import type { HubMessage, ReceivedMessage } from './hub-message.js'

/** A window of received bytes; `offset` moves past each message that was read. */
export interface ByteCursor {
  bytes: Buffer
  offset: number
  /** One past the last byte that may be looked at. */
  end: number
}

/**
 * A codec: bytes in, messages out. It holds no state between calls, so one instance serves every connection.
 * Implementations: `JsonHubProtocol`, and `MessagePackHubProtocol` in a package of its own.
 * @source IHubProtocol
 */
export interface HubProtocol {
  /** Name in the handshake, for example `json`; compared without regard to case. */
  readonly name: string
  /** Highest version it speaks; every version up to it is accepted, zero and negative ones too, as ASP.NET Core does. */
  readonly version: number
  readonly transferFormat: TransferFormat
  /**
   * Reads the next message and moves `cursor.offset` past it. Messages of unknown type are skipped.
   * What is wrong with a value alone, with an argument or a stream item, is a binding failure.
   * Nothing it returns refers to the cursor's memory.
   * @returns undefined when no whole message is left (the offset then stands behind the last whole one).
   * @throws HubProtocolError when the peer broke the rules; the connection has to be closed.
   */
  tryParseMessage(cursor: ByteCursor): ReceivedMessage | undefined
  /**
   * Writes one message with its framing.
   * @throws TypeError or whatever the serializer throws when an argument, item or result cannot be serialized.
   */
  writeMessage(message: HubMessage): Buffer
}
