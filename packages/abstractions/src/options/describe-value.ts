import { printable } from '../printable.js'

/**
 * A wrong value in an error text.
 * @param mayShowText - false where a text may be a secret or an address with a password in it.
 */
export function describeValue(value: unknown, mayShowText = false): string {
  if (typeof value === 'string') return mayShowText ? `the text '${printable(value, 40)}'` : 'a text'
  if (typeof value === 'function') return /^class\b/.test(String(value)) ? `the class ${value.name}` : 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value !== 'object' || value === null) return String(value)
  return 'then' in value && typeof value.then === 'function' ? 'a promise' : 'an object'
}
