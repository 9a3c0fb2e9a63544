import { decodeTimestampExtension, EXT_TIMESTAMP } from '@msgpack/msgpack'
import { HubProtocolError, TextCache } from '@signalbox/protocol'
import { type MessagePackReader, unexpectedCode } from './messagepack-reader.js'

/** Levels of arrays and maps in one value. @source MessagePackSecurity.MaximumObjectGraphDepth of MessagePack-CSharp */
export const maximumDepth = 500

const keys = new TextCache()

/**
 * Reads any value: maps become objects, binary data Uint8Array, timestamps Date, and an integer a number cannot hold
 * exactly is a bigint. Nothing is taken from the library's decoder here because it rounds such integers or makes all 64-bit
 * ones bigint, allots what a count announces, knows no depth limit, and hands out views of the received bytes.
 * @throws HubProtocolError for anything it cannot read.
 */
export function readValue(reader: MessagePackReader, depth = 0): unknown {
  const code = reader.readCode()
  if (code < 0x80) return code
  if (code < 0x90) return readMap(reader, code, depth)
  if (code < 0xa0) return readArray(reader, code, depth)
  if (code < 0xc0) return reader.text(code)
  switch (code) {
    case 0xc0:
      return null
    case 0xc2:
      return false
    case 0xc3:
      return true
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return reader.binary(code)
    case 0xca:
    case 0xcb:
      return reader.float(code)
    case 0xc7:
    case 0xc8:
    case 0xc9:
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return readTimestamp(reader, code)
    case 0xd9:
    case 0xda:
    case 0xdb:
      return reader.text(code)
    case 0xdc:
    case 0xdd:
      return readArray(reader, code, depth)
    case 0xde:
    case 0xdf:
      return readMap(reader, code, depth)
    default:
      return reader.integer(code)
  }
}

function readArray(reader: MessagePackReader, code: number, depth: number): unknown[] {
  if (depth === maximumDepth) throw tooDeep()
  const length = reader.arrayLength(code)
  // Grown as elements come: arrays in arrays could each announce as many elements as there are bytes.
  const values: unknown[] = []
  for (let index = 0; index < length; index++) values.push(readValue(reader, depth + 1))
  return values
}

function readMap(reader: MessagePackReader, code: number, depth: number): Record<string, unknown> {
  if (depth === maximumDepth) throw tooDeep()
  const length = reader.mapLength(code)
  const map: Record<string, unknown> = {}
  for (let index = 0; index < length; index++) {
    const key = readKey(reader)
    const value = readValue(reader, depth + 1)
    // As in JSON.parse, a property like any other, and not the prototype.
    if (key === '__proto__')
      Object.defineProperty(map, key, { value, configurable: true, enumerable: true, writable: true })
    else map[key] = value
  }
  return map
}

/** Strings and numbers only, as in the JavaScript client: another key could not be told from its text. */
function readKey(reader: MessagePackReader): string {
  const code = reader.readCode()
  if (code >> 5 === 0x5 || (code >= 0xd9 && code <= 0xdb)) return reader.text(code, keys)
  if (code === 0xca || code === 0xcb) return String(reader.float(code))
  return String(reader.integer(code))
}

/** The only extension of the hub protocol; .NET refuses any other too, even where it takes any object. */
function readTimestamp(reader: MessagePackReader, code: number): Date {
  const data = reader.extension(code, EXT_TIMESTAMP)
  if (data.length !== 4 && data.length !== 8 && data.length !== 12) throw unexpectedCode(code)
  const date = decodeTimestampExtension(data)
  if (Number.isNaN(date.getTime())) {
    throw new HubProtocolError('The timestamp is out of range.', 'ArgumentOutOfRangeException')
  }
  return date
}

function tooDeep(): HubProtocolError {
  const text = `This msgpack sequence has an object graph that exceeds the maximum depth allowed of ${maximumDepth}.`
  return new HubProtocolError(text, 'InsufficientExecutionStackException')
}
