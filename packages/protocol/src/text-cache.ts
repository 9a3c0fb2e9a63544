import type { NativeBuffer } from './native-buffer.js'

const slots = 256
const longestTextBytes = 48

/**
 * Returns the same string for the same bytes, for texts that come again and again, such as targets: no garbage, and the
 * string's hash is already known when a map is asked for it. Bounded: each text has one slot, a newcomer takes it over.
 */
export class TextCache {
  readonly #entries: (Entry | undefined)[] = new Array(slots).fill(undefined)

  /** @param bytes - ASCII between `start` and `end`. */
  get(bytes: NativeBuffer, start: number, end: number): string {
    const length = end - start
    if (length > longestTextBytes) return bytes.latin1Slice(start, end)
    let hash = length
    for (let index = start; index < end; index++) hash = (hash * 31 + bytes[index]!) | 0
    const slot = (hash ^ (hash >>> 8)) & (slots - 1)
    const entry = this.#entries[slot]
    if (entry !== undefined && holds(entry.bytes, bytes, start, length)) return entry.text
    const text = bytes.latin1Slice(start, end)
    this.#entries[slot] = { bytes: new Uint8Array(bytes.subarray(start, end)), text }
    return text
  }
}

interface Entry {
  readonly bytes: Uint8Array
  readonly text: string
}

function holds(cached: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (cached.length !== length) return false
  for (let index = 0; index < length; index++) {
    if (cached[index] !== bytes[start + index]) return false
  }
  return true
}
