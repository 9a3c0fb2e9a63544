import { isAscii } from 'node:buffer'
import { hasControlCharacter } from './long-text.js'
import type { NativeBuffer } from './native-buffer.js'
import { isKnownPlainText } from './relayed-text.js'

export function writeString(text: string): string {
  return isPlain(text) ? `"${text}"` : (stringify(text) as string)
}

/**
 * Whether the text surely is ASCII without anything to escape: between quotes it is JSON then. `JSON.stringify` has a
 * high price per call, which ids and method names need not pay, and per character (1.6 ns), which long texts need not
 * pay.
 */
function isPlain(text: string): boolean {
  if (text.length <= 20) return isPlainShort(text)
  if (isKnownPlainText(text)) return true
  return text.length >= 64 && text.length <= longestPlainLength && isPlainLong(text)
}

function isPlainShort(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x20 || unit >= 0x7f || unit === 0x22 || unit === 0x5c) return false
  }
  return true
}

const longestPlainLength = 64 * 1024
/** UTF-8 takes up to three bytes for a UTF-16 unit. */
const scratch = Buffer.allocUnsafeSlow(3 * longestPlainLength) as NativeBuffer

function isPlainLong(text: string): boolean {
  if (text.includes('"') || text.includes('\\')) return false
  const hasOnlyAscii = scratch.utf8Write(text, 0) === text.length
  return hasOnlyAscii && !hasControlCharacter(scratch.subarray(0, text.length))
}

/**
 * From here on copying a text once more, to put it between its neighbours, costs more than what it takes to avoid it.
 */
const longTextLength = 1024

export const isLongText = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= longTextLength

/**
 * `head"text"tail` as bytes, the text copied once.
 * @param tail - ASCII.
 * @returns undefined when a part is not ASCII or the text needs escaping: then it has to go the usual way.
 */
export function writeAroundLongText(head: string, text: string, tail: string): Buffer | undefined {
  if (Buffer.byteLength(head) !== head.length) return undefined
  const start = head.length
  const end = start + text.length
  const bytes = Buffer.allocUnsafe(end + tail.length) as NativeBuffer
  if (bytes.utf8Write(text, start) !== text.length) return undefined
  if (!isKnownPlainText(text) && !isPlainBytes(bytes.subarray(start, end))) return undefined
  bytes.utf8Write(head, 0)
  bytes.utf8Write(tail, end)
  return bytes
}

const isPlainBytes = (bytes: Buffer): boolean =>
  isAscii(bytes) && !bytes.includes(0x22) && !bytes.includes(0x5c) && !hasControlCharacter(bytes)

/** `JSON.stringify` without half surrogate pairs: .NET writes U+FFFD for them, and its clients refuse the half. */
export function stringify(value: unknown): string | undefined {
  const json: string | undefined = JSON.stringify(value)
  return json?.includes('\\ud') ? json.replace(escapes, replaceHalfPair) : json
}

/** Every escape is matched, so that the second backslash of `\\` does not begin one. */
const escapes = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g

/** `JSON.stringify` writes whole pairs as they are: an escaped surrogate is always a lone one. */
function replaceHalfPair(found: string): string {
  return found.startsWith('\\ud') ? '\\uFFFD' : found
}
