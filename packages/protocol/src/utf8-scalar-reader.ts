import { isAscii, isUtf8 } from 'node:buffer'
import { HubProtocolError } from './hub-protocol-error.js'
import { JsonReaderError, showByte } from './json-reader-error.js'
import { hasControlCharacter } from './long-text.js'
import type { NativeBuffer } from './native-buffer.js'
import { rememberPlainText } from './relayed-text.js'

/** From here on a string without escapes is cheaper to read with a few native calls than byte by byte. */
const longTextBytes = 192

/**
 * The scalars of JSON, read from bytes: strings, numbers, literals. Strict as RFC 8259.
 * The record separator behind the text serves as a sentinel: no scalar holds one, so no loop has to look for the end.
 *
 * Bytes are written as numbers, here and in `Utf8JsonReader`: V8 does not fold imported constants, reading took a fifth
 * longer with them. 0x22 is a quote, 0x5C a backslash, 0x2C a comma, 0x3A a colon, 0x5B and 0x5D are brackets, 0x7B and
 * 0x7D braces, 0x30 to 0x39 digits.
 * @source System.Text.Json, Utf8JsonReader; its error texts too
 */
export class Utf8ScalarReader {
  protected bytes: NativeBuffer = Buffer.alloc(1) as NativeBuffer
  protected start = 0
  protected end = 0
  protected position = 0
  /** Objects and arrays around the reader. */
  protected depth = 0
  /** Where the string read last lies, quotes excluded. */
  protected textStart = 0
  protected textEnd = 0
  protected textIsEscaped = false
  /** All bytes of strings since the caller set this to 0, in one OR: above 0x7F when one of them is not ASCII. */
  protected seen = 0

  /** Skips white space. @returns the byte the reader then stands at: the record separator when nothing is left. */
  protected peek(): number {
    const { bytes } = this
    let next = bytes[this.position]!
    while (isWhiteSpace(next)) next = bytes[++this.position]!
    return next
  }

  protected skipString(): void {
    const { bytes } = this
    const start = this.position + 1
    let index = start
    let seen = 0
    let escaped = false
    let tryLongAt = start + longTextBytes
    for (let next = bytes[index]!; next !== 0x22; next = bytes[index]!) {
      if (next === 0x5c) {
        escaped = true
        index = this.#skipEscape(index)
      } else {
        if (next < 0x20) throw this.#invalidInString(index)
        seen |= next
        index++
      }
      if (index < tryLongAt) continue
      const close = bytes.indexOf(0x22, index)
      if (close >= 0 && close < this.end) {
        const rest = bytes.subarray(index, close)
        if (rest.indexOf(0x5c) < 0 && !hasControlCharacter(rest)) {
          if (!isAscii(rest)) seen |= 0x80
          index = close
        }
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
    const text = this.decode(this.textStart, this.textEnd)
    if (this.seen < 0x80 && text.length > 20) rememberPlainText(text)
    return text
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
    const text = bytes.utf8Slice(start, end)
    // Bytes that are no UTF-8 become U+FFFD; searching for it is cheaper than checking all bytes beforehand.
    if (!text.includes('\ufffd') || isUtf8(bytes.subarray(start, end))) return text
    throw new HubProtocolError(
      'Cannot transcode invalid UTF-8 JSON text to UTF-16 string.',
      'InvalidOperationException',
    )
  }

  /** @returns the value of an integer below 10^15, NaN for any other number: its text lies before `position`. */
  protected skipNumber(): number {
    const { bytes } = this
    let index = this.position
    const isNegative = bytes[index] === 0x2d /* - */
    if (isNegative) index = this.#expectDigit(index, "a sign character ('+' or '-')")
    else if (!isDigit(bytes[index]!)) throw this.unexpected(index, 'is an invalid start of a value.')
    if (bytes[index] === 0x30 && isDigit(bytes[index + 1]!)) {
      throw this.error(`Invalid leading zero before ${showByte(bytes[index + 1]!)}.`, index + 1)
    }
    const digits = index
    let value = 0
    for (let next = bytes[index]!; isDigit(next); next = bytes[++index]!) value = value * 10 + next - 0x30
    let isSafeInteger = index - digits <= 15
    if (bytes[index] === 0x2e /* . */) {
      isSafeInteger = false
      index = this.#expectDigit(index, "a decimal point ('.')")
      while (isDigit(bytes[index]!)) index++
    }
    if (bytes[index] === 0x65 /* e */ || bytes[index] === 0x45 /* E */) {
      isSafeInteger = false
      if (bytes[index + 1] === 0x2b /* + */ || bytes[index + 1] === 0x2d /* - */) index++
      index = this.#expectDigit(index, "a sign character ('+' or '-')")
      while (isDigit(bytes[index]!)) index++
    }
    if (!isDelimiter(bytes[index]!) && (index < this.end || this.depth > 0)) {
      const last = bytes[index < this.end ? index : index - 1]!
      throw this.error(`${showByte(last)} is an invalid end of a number. Expected a delimiter.`, index)
    }
    this.position = index
    if (!isSafeInteger) return Number.NaN
    return isNegative ? -value : value
  }

  protected skipLiteral(literal: 'true' | 'false' | 'null'): void {
    for (let length = 1; length < literal.length; length++) {
      const index = this.position + length
      if (this.bytes[index] === literal.charCodeAt(length)) continue
      const shown = this.bytes.utf8Slice(this.position, this.end)
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
  #skipEscape(index: number): number {
    const next = this.bytes[index + 1]!
    if (next !== 0x75 /* u */) {
      // The eight escapes of one character.
      if ('"\\/bfnrt'.includes(String.fromCharCode(next))) return index + 2
      if (index + 1 === this.end) throw this.#invalidInString(index + 1)
      throw this.error(
        `${showByte(next)} is an invalid escapable character within a JSON string. ${escapeIt}`,
        index + 1,
      )
    }
    for (let digit = index + 2; digit < index + 6; digit++) {
      if (isHexDigit(this.bytes[digit]!)) continue
      if (digit === this.end) throw this.#invalidInString(digit)
      throw this.error(
        `${showByte(this.bytes[digit]!)} is not a hex digit following '\\u' within a JSON string. ${escapeIt}`,
        digit,
      )
    }
    return index + 6
  }

  #invalidInString(index: number): JsonReaderError {
    if (index === this.end) return this.error('Expected end of string, but instead reached end of data.', index)
    return this.error(`${showByte(this.bytes[index]!)} is invalid within a JSON string. ${escapeIt}`, index)
  }

  /** @returns the index behind the byte at `index`, if a digit stands there. */
  #expectDigit(index: number, what: string): number {
    const next = index + 1
    if (isDigit(this.bytes[next]!)) return next
    if (next === this.end) throw this.error("Expected a digit ('0'-'9'), but instead reached end of data.", next)
    const found = showByte(this.bytes[next]!)
    throw this.error(
      `${found} is invalid within a number, immediately after ${what}. Expected a digit ('0'-'9').`,
      next,
    )
  }
}

const escapeIt = 'The string should be correctly escaped.'

export function isDigit(next: number): boolean {
  return next >= 0x30 && next <= 0x39
}

function isDelimiter(next: number): boolean {
  return next === 0x2c || next === 0x5d || next === 0x7d || isWhiteSpace(next)
}

function isWhiteSpace(next: number): boolean {
  return next === 0x20 || next === 0x0a || next === 0x0d || next === 0x09
}

function isHexDigit(next: number): boolean {
  // Bit 5 apart, letters of both cases are the same.
  return isDigit(next) || ((next | 0x20) >= 0x61 && (next | 0x20) <= 0x66)
}
