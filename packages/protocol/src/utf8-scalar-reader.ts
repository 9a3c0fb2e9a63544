import { isAscii, isUtf8 } from 'node:buffer'
import { HubProtocolError } from './hub-protocol-error.js'
import * as byte from './json-bytes.js'
import { JsonReaderError, showByte } from './json-reader-error.js'
import { hasEscapeOrControl } from './long-text.js'
import type { NativeBuffer } from './native-buffer.js'

/** From here on a string without escapes is cheaper to read with a few native calls than byte by byte. */
const longTextBytes = 192

/**
 * The scalars of JSON, read from bytes: strings, numbers, literals. Strict as RFC 8259.
 * The record separator behind the text serves as a sentinel: no scalar holds one, so no loop has to look for the end.
 * @source System.Text.Json, Utf8JsonReader; its error texts too
 */
export class Utf8ScalarReader {
  protected bytes: NativeBuffer = Buffer.alloc(1) as NativeBuffer
  protected start = 0
  protected end = 0
  protected position = 0
  /** Where the string read last lies, quotes excluded. */
  protected textStart = 0
  protected textEnd = 0
  protected textIsEscaped = false
  /** All bytes of strings since the caller set this to 0, in one OR: above 0x7F when one of them is not ASCII. */
  protected seen = 0

  /** Skips white space. @returns the byte the reader then stands at: the record separator when nothing is left. */
  peek(): number {
    const { bytes } = this
    let next = bytes[this.position]!
    while (next === byte.space || next === byte.lineFeed || next === byte.carriageReturn || next === byte.tab) {
      next = bytes[++this.position]!
    }
    return next
  }

  protected skipString(): void {
    const { bytes } = this
    const start = this.position + 1
    let index = start
    let seen = 0
    let escaped = false
    let tryLongAt = start + longTextBytes
    for (let next = bytes[index]!; next !== byte.quote; next = bytes[index]!) {
      if (next === byte.backslash) {
        escaped = true
        index = this.skipEscape(index)
      } else {
        if (next < byte.space) throw this.invalidInString(index)
        seen |= next
        index++
      }
      if (index < tryLongAt) continue
      const close = bytes.indexOf(byte.quote, index)
      if (close >= 0 && close < this.end && !hasEscapeOrControl(bytes, index, close)) {
        if (!isAscii(bytes.subarray(index, close))) seen |= 0x80
        index = close
      }
      // Twice as far each time, so that a long text full of escapes stays linear.
      tryLongAt = index + (index - start)
    }
    this.textStart = start
    this.textEnd = index
    this.textIsEscaped = escaped
    this.seen |= seen
    this.position = index + 1
  }

  /** The string read last, as `JSON.parse` takes it: half a surrogate pair passes. */
  protected decodeText(): string {
    if (this.textIsEscaped) return JSON.parse(this.decode(this.textStart - 1, this.textEnd + 1))
    return this.decode(this.textStart, this.textEnd)
  }

  /** Bytes to text. The caller has set `seen` to 0 before the strings in that stretch were read. */
  protected decode(start: number, end: number): string {
    const { bytes } = this
    if (this.seen < 0x80) {
      // A native call costs more than a short string itself; invocation ids and names are short.
      if (end - start === 1) return String.fromCharCode(bytes[start]!)
      if (end - start === 2) return String.fromCharCode(bytes[start]!, bytes[start + 1]!)
      if (end - start === 3) return String.fromCharCode(bytes[start]!, bytes[start + 1]!, bytes[start + 2]!)
      return bytes.latin1Slice(start, end)
    }
    if (isUtf8(bytes.subarray(start, end))) return bytes.utf8Slice(start, end)
    throw new HubProtocolError('Cannot transcode invalid UTF-8 JSON text to UTF-16 string.', 'InvalidOperationException')
  }

  /** @returns the value of an integer below 10^15, NaN for any other number: its text lies before `position`. */
  protected skipNumber(): number {
    const { bytes } = this
    let index = this.position
    const isNegative = bytes[index] === byte.minus
    if (isNegative) index = this.expectDigit(index, 'a sign character (\'+\' or \'-\')')
    else if (!isDigit(bytes[index]!)) throw this.unexpected(index, 'is an invalid start of a value.')
    if (bytes[index] === byte.zero && isDigit(bytes[index + 1]!)) {
      throw this.error(`Invalid leading zero before ${showByte(bytes[index + 1]!)}.`, index + 1)
    }
    const digits = index
    let value = 0
    for (let next = bytes[index]!; isDigit(next); next = bytes[++index]!) value = value * 10 + next - byte.zero
    let isSafeInteger = index - digits <= 15
    if (bytes[index] === byte.point) {
      isSafeInteger = false
      index = this.expectDigit(index, "a decimal point ('.')")
      while (isDigit(bytes[index]!)) index++
    }
    if (bytes[index] === byte.lowerE || bytes[index] === byte.upperE) {
      isSafeInteger = false
      if (bytes[index + 1] === byte.plus || bytes[index + 1] === byte.minus) index++
      index = this.expectDigit(index, "a sign character ('+' or '-')")
      while (isDigit(bytes[index]!)) index++
    }
    this.position = index
    if (!isSafeInteger) return Number.NaN
    return isNegative ? -value : value
  }

  protected skipLiteral(literal: 'true' | 'false' | 'null'): void {
    for (let length = 1; length < literal.length; length++) {
      const index = this.position + length
      if (this.bytes[index] === literal.charCodeAt(length)) continue
      const shown = this.bytes.latin1Slice(this.position, Math.min(index + 1, this.end))
      throw this.error(`'${shown}' is an invalid JSON literal. Expected the literal '${literal}'.`, index)
    }
    this.position += literal.length
  }

  protected error(text: string, index = this.position): JsonReaderError {
    return new JsonReaderError(text, this.bytes, this.start, index)
  }

  protected unexpected(index: number, text: string): JsonReaderError {
    if (index < this.end) return this.error(`${showByte(this.bytes[index]!)} ${text}`, index)
    const open = 'There is an open JSON object or array that should be closed.'
    return this.error(`Expected depth to be zero at the end of the JSON payload. ${open}`, index)
  }

  /** @param index - of a backslash. @returns the index behind the escape. */
  private skipEscape(index: number): number {
    const next = this.bytes[index + 1]!
    if (next !== byte.lowerU) {
      // The eight escapes of one character.
      if ('"\\/bfnrt'.includes(String.fromCharCode(next))) return index + 2
      if (index + 1 === this.end) throw this.invalidInString(index + 1)
      throw this.error(`${showByte(next)} is an invalid escapable character within a JSON string. ${escapeIt}`, index + 1)
    }
    for (let digit = index + 2; digit < index + 6; digit++) {
      if (isHexDigit(this.bytes[digit]!)) continue
      if (digit === this.end) throw this.invalidInString(digit)
      throw this.error(`${showByte(this.bytes[digit]!)} is not a hex digit following '\\u' within a JSON string. ${escapeIt}`, digit)
    }
    return index + 6
  }

  private invalidInString(index: number): JsonReaderError {
    if (index === this.end) return this.error('Expected end of string, but instead reached end of data.', index)
    return this.error(`${showByte(this.bytes[index]!)} is invalid within a JSON string. ${escapeIt}`, index)
  }

  /** @returns the index behind the byte at `index`, if a digit stands there. */
  private expectDigit(index: number, what: string): number {
    const next = index + 1
    if (isDigit(this.bytes[next]!)) return next
    if (next === this.end) throw this.error("Expected a digit ('0'-'9'), but instead reached end of data.", next)
    const found = showByte(this.bytes[next]!)
    throw this.error(`${found} is invalid within a number, immediately after ${what}. Expected a digit ('0'-'9').`, next)
  }
}

const escapeIt = 'The string should be correctly escaped.'

function isDigit(next: number): boolean {
  return next >= byte.zero && next <= byte.nine
}

function isHexDigit(next: number): boolean {
  // Bit 5 apart, letters of both cases are the same.
  return isDigit(next) || ((next | 0x20) >= 0x61 && (next | 0x20) <= 0x66)
}
