import { HubProtocolError, type MapKey, TextCache } from '@signalbox/protocol'
import type { MessagePackReader } from './messagepack-reader.js'
import { readTimestamp } from './timestamp.js'

/** Levels of arrays and maps in one value. @source MessagePackSecurity.MaximumObjectGraphDepth of MessagePack-CSharp */
export const maximumDepth = 500

/** For all connections: their objects have the same few keys. */
const keys = new TextCache()

/**
 * Reads any value: a map becomes an object, or a Map where a key is no text, binary data a Uint8Array, a timestamp a
 * Date, and an integer a number cannot hold exactly is a bigint. Nothing is taken from the library's decoder here
 * because it rounds such integers or makes all 64-bit ones bigint, allots what a count announces, knows no depth limit,
 * and hands out views of the received bytes.
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

function readMap(reader: MessagePackReader, code: number, depth: number): object {
  if (depth === maximumDepth) throw tooDeep()
  const length = reader.mapLength(code)
  const members: Record<string, unknown> = {}
  for (let index = 0; index < length; index++) {
    const keyCode = reader.readCode()
    if (!isText(keyCode)) return readMapOfKeys(reader, new Map(Object.entries(members)), keyCode, length - index, depth)
    const key = reader.text(keyCode, keys)
    const value = readValue(reader, depth + 1)
    // As in JSON.parse, a property like any other, and not the prototype.
    if (key === '__proto__')
      Object.defineProperty(members, key, { value, configurable: true, enumerable: true, writable: true })
    else members[key] = value
  }
  return members
}

/** Reads on from the first key that is no text. @param pairs - that are left, with the one of this key. */
function readMapOfKeys(
  reader: MessagePackReader,
  map: Map<MapKey, unknown>,
  firstKeyCode: number,
  pairs: number,
  depth: number,
): Map<MapKey, unknown> {
  for (let index = 0; index < pairs; index++) {
    const key = readKey(reader, index === 0 ? firstKeyCode : reader.readCode())
    map.set(key, readValue(reader, depth + 1))
  }
  return map
}

const isText = (code: number): boolean => code >> 5 === 0x5 || (code >= 0xd9 && code <= 0xdb)

/** Texts, numbers, booleans and times: .NET refuses nil, bytes, arrays and maps as keys where it takes any object. */
function readKey(reader: MessagePackReader, code: number): MapKey {
  if (isText(code)) return reader.text(code, keys)
  switch (code) {
    case 0xc2:
      return false
    case 0xc3:
      return true
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
    default:
      return reader.integer(code)
  }
}

function tooDeep(): HubProtocolError {
  const text = `This msgpack sequence has an object graph that exceeds the maximum depth allowed of ${maximumDepth}.`
  return new HubProtocolError(text, 'InsufficientExecutionStackException')
}
