import { stringify, writeString } from './json-text-writer.js'
import { writeTree } from './json-tree-writer.js'
import { isBytes } from './stand-in.js'

/**
 * The JSON text of an argument, item or result: `JSON.stringify`, except where JavaScript and .NET differ, see
 * docs/values.md. What JSON cannot say (undefined, a function, a symbol) is null, since clients refuse a message
 * without its value.
 * @throws TypeError for what contains itself. RangeError for a time that .NET does not have.
 */
export function writeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? 'null' : writeObject(value)
    default:
      return writeTree(value) ?? 'null'
  }
}

/**
 * The engine is several times faster than a walk of our own, and right for nearly every object. Where it is not, it
 * leaves one of its marks or throws.
 */
function writeObject(value: object): string {
  if (isBytes(value)) return writeTree(value) as string
  let json: string | undefined
  try {
    json = stringify(value)
  } catch {
    // A bigint, or what cannot be written in another way either: then the walk throws as well.
    return writeTree(value) ?? 'null'
  }
  if (json === undefined) return 'null'
  return hasMark(json) ? (writeTree(value) ?? 'null') : json
}

function hasMark(json: string): boolean {
  if (marksOfObjects.some(mark => json.includes(mark))) return true
  if (!json.includes('Z"')) return false
  return (json.includes('0Z"') && zeroAtTheEnd.test(json)) || marksOfYears.some(mark => json.includes(mark))
}

/** Of a Map, a Set, an ArrayBuffer and an empty array of bytes; of any other array of bytes; of a Buffer. */
const marksOfObjects = ['{}', '{"0":', '{"type":"Buffer"']

/** Of a Date whose milliseconds end in zero: .NET leaves such zeros out. */
const zeroAtTheEnd = /\.\d\d0Z"/

/** Of a Date in a year that .NET does not have. */
const marksOfYears = ['"+', '"-', '"0000-']
