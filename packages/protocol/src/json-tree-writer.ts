import { dateText } from './date-text.js'
import { writeString } from './json-text-writer.js'
import { keyText, mapKey } from './map-key.js'
import { PreciseDate } from './precise-date.js'
import { bytesOf, isBytes, standIn } from './stand-in.js'

/** As in MessagePack. What is deeper mostly contains itself. */
const maximumDepth = 500

/**
 * The JSON text of any value, by a walk of our own: bytes are base64, a time has the digits of .NET, a bigint is a
 * number, a Map an object and a Set an array.
 * @returns undefined for what is left out of an object: undefined, a function, a symbol.
 */
export function writeTree(value: unknown, key: string | number = '', depth = 0): string | undefined {
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return writeBigInt(value, key)
    case 'object':
    case 'function':
      return value === null ? 'null' : writeObject(value, key, depth)
    default:
      return undefined
  }
}

/** Some applications give all bigints a `toJSON`, which `JSON.stringify` asks in place of an error. */
function writeBigInt(value: bigint, key: string | number): string | undefined {
  const meant = standIn(Object(value), key)
  return typeof meant === 'bigint' ? String(meant) : writeTree(meant, key)
}

function writeObject(value: object, key: string | number, depth: number): string | undefined {
  if (isBytes(value)) return writeBytes(value)
  const meant = standIn(value, key)
  if (typeof meant === 'function') return undefined
  if (typeof meant !== 'object' || meant === null) return writeTree(meant)
  if (isBytes(meant)) return writeBytes(meant)
  if (meant instanceof Date) return writeDate(meant)
  if (depth === maximumDepth)
    throw new TypeError(`A value of more than ${maximumDepth} levels cannot be written. Does it contain itself?`)
  if (Array.isArray(meant)) return writeArray(meant, depth + 1)
  if (meant instanceof Set) return writeArray([...meant], depth + 1)
  if (meant instanceof Map) return writeMembers(meant, mapKeyText, depth + 1)
  return writeMembers(Object.entries(meant), asItIs, depth + 1)
}

function writeBytes(value: ArrayBufferView | ArrayBufferLike): string {
  const { buffer, byteOffset, byteLength } = bytesOf(value)
  return `"${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}"`
}

function writeDate(date: Date): string {
  const text = dateText(date, date instanceof PreciseDate ? date.ticks : 0)
  return text === null ? 'null' : `"${text}"`
}

function writeArray(values: readonly unknown[], depth: number): string {
  let json = '['
  for (let index = 0; index < values.length; index++) {
    if (index > 0) json += ','
    json += writeTree(values[index], index, depth) ?? 'null'
  }
  return `${json}]`
}

function writeMembers(
  members: Iterable<readonly [unknown, unknown]>,
  nameOf: (key: unknown) => string,
  depth: number,
): string {
  let json = ''
  for (const [key, value] of members) {
    const name = nameOf(key)
    const text = writeTree(value, name, depth)
    if (text !== undefined) json += `${json === '' ? '' : ','}${writeString(name)}:${text}`
  }
  return `{${json}}`
}

const mapKeyText = (key: unknown): string => keyText(mapKey(key))
const asItIs = (key: unknown): string => key as string
