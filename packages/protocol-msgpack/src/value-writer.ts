import { EXT_TIMESTAMP, encodeTimestampExtension } from '@msgpack/msgpack'
import type { MessagePackWriter } from './messagepack-writer.js'
import { maximumDepth } from './value-reader.js'

/**
 * Writes any value as the JavaScript client would: undefined as nil, a Date as timestamp, an ArrayBuffer or a view of one as
 * binary data, another object as a map of its own enumerable properties. A bigint, which that client refuses, is a 64-bit
 * integer. The library's encoder is not asked: with bigint allowed it writes every number from 2^32 on as a float, which
 * .NET refuses to read as an integer.
 * @throws TypeError for functions, symbols and cycles. RangeError for a bigint that 64 bits cannot hold.
 */
export function writeValue(writer: MessagePackWriter, value: unknown, depth = 0): void {
  switch (typeof value) {
    case 'string':
      return writer.writeString(value)
    case 'number':
      return writer.writeNumber(value)
    case 'boolean':
      return writer.writeBoolean(value)
    case 'undefined':
      return writer.writeNil()
    case 'bigint':
      return writer.writeBigInt(value)
    case 'object':
      return value === null ? writer.writeNil() : writeObject(writer, value, depth)
    default:
      throw new TypeError(`A ${typeof value} cannot be written as MessagePack.`)
  }
}

function writeObject(writer: MessagePackWriter, value: object, depth: number): void {
  if (Array.isArray(value)) writeArray(writer, value, depth)
  else if (ArrayBuffer.isView(value)) {
    writer.writeBinary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  } else if (value instanceof ArrayBuffer) writer.writeBinary(new Uint8Array(value))
  else if (value instanceof Date) writeDate(writer, value)
  else writeMap(writer, value, depth)
}

function writeArray(writer: MessagePackWriter, values: readonly unknown[], depth: number): void {
  if (depth === maximumDepth) throw tooDeep()
  const { length } = values
  writer.writeArrayLength(length)
  for (let index = 0; index < length; index++) writeValue(writer, values[index], depth + 1)
}

function writeMap(writer: MessagePackWriter, value: object, depth: number): void {
  if (depth === maximumDepth) throw tooDeep()
  const keys = Object.keys(value)
  writer.writeMapLength(keys.length)
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    writer.writeString(key)
    writeValue(writer, (value as Record<string, unknown>)[key], depth + 1)
  }
}

function writeDate(writer: MessagePackWriter, date: Date): void {
  const data = encodeTimestampExtension(date)
  // As JSON has it; the library would write 1970.
  if (data === null || Number.isNaN(date.getTime())) writer.writeNil()
  else writer.writeExtension(EXT_TIMESTAMP, data)
}

function tooDeep(): TypeError {
  return new TypeError(`A value of more than ${maximumDepth} levels cannot be written. Does it contain itself?`)
}
