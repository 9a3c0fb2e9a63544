import type { HubMessage } from './hub-message.js'
import type { ByteCursor, HubProtocol, InvocationBinder } from './hub-protocol.js'
import { HubProtocolError } from './hub-protocol-error.js'
import { readMessage } from './json-message-reader.js'
import { createStreamItemWriter, writeMessage, writeText } from './json-message-writer.js'
import { JsonReaderError } from './json-reader-error.js'
import { findRecordSeparator } from './text-framing.js'
import { Utf8JsonReader } from './utf8-json-reader.js'

/** The protocol every client speaks: one JSON object per message, each ended by a record separator. */
export class JsonHubProtocol implements HubProtocol {
  readonly name = 'json'
  readonly version = 2
  readonly transferFormat = 'Text'
  readonly #reader = new Utf8JsonReader()

  tryParseMessage(cursor: ByteCursor, binder?: InvocationBinder): HubMessage | undefined {
    for (let end = findRecordSeparator(cursor); end >= 0; end = findRecordSeparator(cursor)) {
      this.#reader.reset(cursor.bytes, cursor.offset, end)
      cursor.offset = end + 1
      const message = this.#read(binder)
      if (message !== undefined) return message
    }
    return undefined
  }

  writeMessage(message: HubMessage): Buffer {
    return writeMessage(message)
  }

  writeText(message: HubMessage): string | undefined {
    return writeText(message)
  }

  createStreamItemWriter(invocationId: string): (item: unknown) => string {
    return createStreamItemWriter(invocationId)
  }

  #read(binder: InvocationBinder | undefined): HubMessage | undefined {
    try {
      return readMessage(this.#reader, binder)
    } catch (error) {
      // Where exactly the JSON is broken, .NET tells in a failed handshake only.
      if (error instanceof JsonReaderError) throw new HubProtocolError('Error reading JSON.')
      throw error
    }
  }
}
