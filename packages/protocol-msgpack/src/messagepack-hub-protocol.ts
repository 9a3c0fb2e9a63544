import type { ByteCursor, HubMessage, HubProtocol, InvocationBinder, ReceivedMessage } from '@signalbox/protocol'
import { openNextBody } from './binary-framing.js'
import { readMessage } from './messagepack-message-reader.js'
import { writeMessage } from './messagepack-message-writer.js'
import { MessagePackReader } from './messagepack-reader.js'
import { MessagePackWriter } from './messagepack-writer.js'

/**
 * The binary protocol: each message is a MessagePack array, preceded by its length.
 *
 * What values become in both directions is in docs/values.md: no digit of an integer or a time is lost, and a Map keeps
 * the types of its keys.
 */
export class MessagePackHubProtocol implements HubProtocol {
  readonly name = 'messagepack'
  readonly version = 2
  readonly transferFormat = 'Binary'
  readonly #reader = new MessagePackReader()
  #writer: MessagePackWriter | undefined

  tryParseMessage(cursor: ByteCursor, binder?: InvocationBinder): ReceivedMessage | undefined {
    while (openNextBody(cursor, this.#reader)) {
      const message = readMessage(this.#reader, binder)
      if (message !== undefined) return message
    }
    return undefined
  }

  /** @throws TypeError or RangeError for what cannot be sent, or whatever a getter or a toJSON of a value throws. */
  writeMessage(message: HubMessage): Buffer {
    // Taken away meanwhile: a getter of a value may write a message too. After a failure it is not put back, whatever
    // its size.
    const writer = this.#writer ?? new MessagePackWriter()
    this.#writer = undefined
    writer.begin()
    writeMessage(writer, message)
    const bytes = writer.finish()
    this.#writer = writer
    return bytes
  }
}
