import { bytesOf, isBytes, mapKey, standIn } from '@signalbox/protocol'
import type { MessagePackWriter } from './messagepack-writer.js'
import { writeTimestamp } from './timestamp.js'
import { maximumDepth } from './value-reader.js'

/**
 * Writes an argument, item or result, or what is inside one, see docs/values.md. The library's encoder is not asked:
 * with bigint allowed it writes every number from 2^32 on as a float, which .NET refuses to read as an integer.
 * @param key - name or index of the value within what holds it.
 * @returns false for what is left out of a map, a nil then stands in its place: undefined, a function, a symbol.
 * @throws TypeError for what contains itself. RangeError for a bigint that 64 bits cannot hold, and for a time that
 * .NET does not have.
 */
export function writeValue(writer: MessagePackWriter, value: unknown, key: string | number = '', depth = 0): boolean {
  switch (typeof value) {
    case 'string':
      writer.writeString(value)
      return true
    case 'number':
      writer.writeNumber(value)
      return true
    case 'boolean':
      writer.writeBoolean(value)
      return true
    case 'bigint':
      writer.writeBigInt(value)
      return true
    case 'object':
    case 'function':
      if (value !== null) return writeObject(writer, value, key, depth)
      writer.writeNil()
      return true
    default:
      writer.writeNil()
      return false
  }
}

function writeObject(writer: MessagePackWriter, value: object, key: string | number, depth: number): boolean {
  // Nearly all are one of these two, which spares asking what else they may be.
  const isOrdinary = (value as { toJSON?: unknown }).toJSON === undefined
  if (isOrdinary && Array.isArray(value)) writeArray(writer, value, depth)
  else if (isOrdinary && Object.getPrototypeOf(value) === Object.prototype) writeMembers(writer, value, depth)
  else if (value instanceof Date) writeTimestamp(writer, value)
  else if (isBytes(value)) writer.writeBinary(bytesOf(value))
  else return writeStandIn(writer, standIn(value, key), depth)
  return true
}

/** A stand-in is not asked for another one. */
function writeStandIn(writer: MessagePackWriter, meant: unknown, depth: number): boolean {
  if (typeof meant === 'function') return writeValue(writer, undefined)
  if (typeof meant !== 'object' || meant === null) return writeValue(writer, meant)
  if (meant instanceof Date) writeTimestamp(writer, meant)
  else if (isBytes(meant)) writer.writeBinary(bytesOf(meant))
  else writeContainer(writer, meant, depth)
  return true
}

function writeContainer(writer: MessagePackWriter, value: object, depth: number): void {
  if (Array.isArray(value)) writeArray(writer, value, depth)
  else if (value instanceof Set) writeArray(writer, [...value], depth)
  else if (value instanceof Map) writeMap(writer, [...value], depth)
  else writeMembers(writer, value, depth)
}

function writeArray(writer: MessagePackWriter, values: readonly unknown[], depth: number): void {
  if (depth === maximumDepth) throw tooDeep()
  const { length } = values
  writer.writeArrayLength(length)
  for (let index = 0; index < length; index++) writeValue(writer, values[index], index, depth + 1)
}

function writeMembers(writer: MessagePackWriter, value: object, depth: number): void {
  if (depth === maximumDepth) throw tooDeep()
  const keys = Object.keys(value)
  const start = writer.writeMapLength(keys.length)
  let written = 0
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    const end = writer.mark()
    writer.writeString(key)
    if (writeValue(writer, (value as Record<string, unknown>)[key], key, depth + 1)) written++
    else writer.rewind(end)
  }
  if (written < keys.length) writer.shortenMap(start, keys.length, written)
}

function writeMap(writer: MessagePackWriter, entries: readonly (readonly [unknown, unknown])[], depth: number): void {
  if (depth === maximumDepth) throw tooDeep()
  const start = writer.writeMapLength(entries.length)
  let written = 0
  for (const [key, value] of entries) {
    const end = writer.mark()
    writeKey(writer, key)
    if (writeValue(writer, value, '', depth + 1)) written++
    else writer.rewind(end)
  }
  if (written < entries.length) writer.shortenMap(start, entries.length, written)
}

function writeKey(writer: MessagePackWriter, key: unknown): void {
  const value = mapKey(key)
  if (value instanceof Date) writeTimestamp(writer, value)
  else writeValue(writer, value)
}

function tooDeep(): TypeError {
  return new TypeError(`A value of more than ${maximumDepth} levels cannot be written. Does it contain itself?`)
}
