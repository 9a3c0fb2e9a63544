import { dateText } from './date-text.js'
import { standIn } from './stand-in.js'

/** What may be the key of a map on the wire. */
export type MapKey = string | number | bigint | boolean | Date

/**
 * A key as it is written.
 * @throws TypeError for what no dictionary of .NET may have as key on the wire: null, bytes, arrays, objects.
 */
export function mapKey(key: unknown): MapKey {
  const value = typeof key === 'object' && key !== null && !(key instanceof Date) ? standIn(key, '') : key
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value
    case 'object':
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value
  }
  throw new TypeError(
    `A Map with ${describe(value)} as key cannot be sent: a key is a text, a number, a bigint, a boolean or a Date.`,
  )
}

function describe(key: unknown): string {
  if (key === null || key === undefined) return String(key)
  if (key instanceof Date) return 'an invalid date'
  return typeof key === 'object' ? 'an object' : `a ${typeof key}`
}

/** What System.Text.Json makes of the key of a dictionary. */
export function keyText(key: MapKey): string {
  switch (typeof key) {
    case 'boolean':
      return key ? 'True' : 'False'
    case 'number':
      return Number.isSafeInteger(key) ? String(key) : doubleText(key)
    case 'object':
      return timeText(key)
    default:
      return String(key)
  }
}

function timeText(key: Date): string {
  const text = standIn(key, '')
  return text instanceof Date ? (dateText(text) as string) : String(text)
}

/**
 * The same digits as in JavaScript; the exponent begins elsewhere and has two digits. NaN and Infinity have the same
 * names.
 */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const [digits, exponent] = value.toExponential().split('e') as [string, string]
  const size = Number(exponent)
  if (size >= 17 || size < -4) return `${digits}E${size < 0 ? '-' : '+'}${String(Math.abs(size)).padStart(2, '0')}`
  return String(value)
}
