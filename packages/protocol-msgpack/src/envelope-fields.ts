import { HubProtocolError, type MessageHeaders, TextCache } from '@signalbox/protocol'
import type { MessagePackReader } from './messagepack-reader.js'

/** For all connections: what clients call is the same few names. */
const targets = new TextCache()

// The members of a message that are no values. What is wrong with them ends the connection, in the words of .NET.
// @source dotnet/aspnetcore: src/SignalR/common/Protocols.MessagePack/src/Protocol/MessagePackHubProtocolWorker.cs

/** @returns undefined when there are none: the map is always there. */
export function readHeaders(reader: MessagePackReader): MessageHeaders | undefined {
  const length = readHeadersLength(reader)
  if (length === 0) return undefined
  // Without a prototype, so that a header called __proto__ is one like any other.
  const headers: Record<string, string> = Object.create(null)
  for (let index = 0; index < length; index++) {
    const key = required(readString(reader, `headers[${index}].Key`), 'key in header')
    const value = required(readString(reader, `headers[${index}].Value`), 'value in header')
    if (key in headers) {
      const text = `An item with the same key has already been added. Key: ${key}`
      throw new HubProtocolError(text, 'ArgumentException')
    }
    headers[key] = value
  }
  return headers
}

function readHeadersLength(reader: MessagePackReader): number {
  try {
    return reader.readMapLength()
  } catch (error) {
    throw new HubProtocolError("Reading map length for 'headers' failed.", undefined, error)
  }
}

export function readRequiredId(reader: MessagePackReader, messageName: string): string {
  return required(readString(reader, 'invocationId'), `invocation ID for ${messageName} message`)
}

export function readTarget(reader: MessagePackReader, messageName: string): string {
  return required(readString(reader, 'target', targets), `target for ${messageName} message`)
}

/** The JavaScript client leaves them out when there are none. */
export function readStreamIds(reader: MessagePackReader, messageLength: number): string[] | undefined {
  if (messageLength <= 5) return undefined
  const length = readStreamIdsLength(reader)
  if (length === 0) return undefined
  const ids: string[] = []
  for (let index = 0; index < length; index++) ids.push(required(reader.readString(), 'value in streamIds received'))
  return ids
}

function readStreamIdsLength(reader: MessagePackReader): number {
  try {
    return reader.readArrayLength()
  } catch (error) {
    throw new HubProtocolError("Reading array length for 'streamIds' failed.", undefined, error)
  }
}

/** @returns null for nil. */
export function readString(reader: MessagePackReader, field: string, cache?: TextCache): string | null {
  try {
    return reader.readString(cache)
  } catch (error) {
    throw unreadable(field, 'String', error)
  }
}

export function readInt32(reader: MessagePackReader, field: string): number {
  try {
    return reader.readInt32()
  } catch (error) {
    throw unreadable(field, 'Int32', error)
  }
}

export function readInt64(reader: MessagePackReader, field: string): number {
  try {
    return reader.readInt64()
  } catch (error) {
    throw unreadable(field, 'Int64', error)
  }
}

export function readBoolean(reader: MessagePackReader, field: string): boolean {
  try {
    return reader.readBoolean()
  } catch (error) {
    throw unreadable(field, 'Boolean', error)
  }
}

function unreadable(field: string, type: string, cause: unknown): HubProtocolError {
  return new HubProtocolError(`Reading '${field}' as ${type} failed.`, undefined, cause)
}

function required(text: string | null, what: string): string {
  if (!text) throw new HubProtocolError(`Null or empty ${what}.`)
  return text
}
