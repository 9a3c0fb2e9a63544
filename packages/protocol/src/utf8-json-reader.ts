import { digitsInDoubt, exactNumber } from './exact-number.js'
import { HubProtocolError } from './hub-protocol-error.js'
import type { JsonReaderError } from './json-reader-error.js'
import { readTree } from './json-tree-reader.js'
import type { MemberNames } from './member-names.js'
import type { TextCache } from './text-cache.js'
import { recordSeparator } from './text-framing.js'
import { isDigit, Utf8ScalarReader } from './utf8-scalar-reader.js'

const maximumDepth = 64

/** How System.Text.Json names what a value begins with. */
export type JsonTokenType = 'StartObject' | 'StartArray' | 'String' | 'Number' | 'True' | 'False' | 'Null'

/**
 * Walks forward over one JSON text and builds only what it is asked for. No comments, no trailing commas, no byte order
 * mark, at most 64 levels.
 *
 * Objects are walked as `for (let more = reader.enterObject(); more; more = reader.nextMember())`, arrays alike. In the
 * body the reader stands before a value, which must be read or skipped.
 */
export class Utf8JsonReader extends Utf8ScalarReader {
  /** @param end - index of the record separator behind the text; `bytes` must hold it. */
  reset(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes as typeof this.bytes
    this.start = start
    this.end = end
    this.position = start
    this.depth = 0
  }

  /**
   * Steps into the one object a message or handshake is. What follows it is never looked at.
   * @returns false when it has no members.
   */
  enterRootObject(): boolean {
    if (this.peek() === 0x7b) return this.enterObject()
    if (this.position === this.end) {
      const expected = 'Expected the input to start with a valid JSON token, when isFinalBlock is true.'
      throw this.error(`The input does not contain any JSON tokens. ${expected}`)
    }
    const token = this.skipToken()
    throw new HubProtocolError(`Unexpected JSON Token Type '${token.replace('Start', '')}'. Expected a JSON Object.`)
  }

  /**
   * Steps into an object and reads the name of its first member; false when it is empty, the reader is then behind it.
   */
  enterObject(): boolean {
    this.#enter('object')
    return this.peek() === 0x7d ? this.#leave() : this.#readName()
  }

  /** Reads the name of the next member; false at the end of the object, the reader is then behind it. */
  nextMember(): boolean {
    const next = this.peek()
    if (next === 0x7d) return this.#leave()
    if (next !== 0x2c) throw this.#invalidAfterValue()
    this.#skipComma('object', 0x7d)
    return this.#readName()
  }

  enterArray(): boolean {
    this.#enter('array')
    return this.peek() === 0x5d ? this.#leave() : true
  }

  nextElement(): boolean {
    const next = this.peek()
    if (next === 0x5d) return this.#leave()
    if (next !== 0x2c) throw this.#invalidAfterValue()
    this.#skipComma('array', 0x5d)
    return true
  }

  /** What the value ahead begins with. */
  tokenType(): JsonTokenType {
    switch (this.peek()) {
      case 0x7b: // {
        return 'StartObject'
      case 0x5b: // [
        return 'StartArray'
      case 0x22: // "
        return 'String'
      case 0x74: // t
        return 'True'
      case 0x66: // f
        return 'False'
      case 0x6e: // n
        return 'Null'
      default:
        return 'Number'
    }
  }

  /**
   * Reads past the next token: a scalar, or the bracket a container begins with. For error texts: nothing can be read
   * after it.
   */
  skipToken(): JsonTokenType {
    const token = this.tokenType()
    if (token !== 'StartObject' && token !== 'StartArray') this.skipValue()
    return token
  }

  /** Reads past a value of any kind and checks its grammar. */
  skipValue(): void {
    switch (this.peek()) {
      case 0x22: // "
        this.skipString()
        break
      case 0x7b: // {
        for (let more = this.enterObject(); more; more = this.nextMember()) this.skipValue()
        break
      case 0x5b: // [
        for (let more = this.enterArray(); more; more = this.nextElement()) this.skipValue()
        break
      case 0x74: // t
        this.skipLiteral('true')
        break
      case 0x66: // f
        this.skipLiteral('false')
        break
      case 0x6e: // n
        this.skipLiteral('null')
        break
      default:
        this.skipNumber()
    }
  }

  /** Where the reader stands: in the bytes it was given, behind what it has read. */
  get offset(): number {
    return this.position
  }

  /** Goes back to a value that was skipped and reads it. */
  readValueAt(offset: number): unknown {
    this.position = offset
    return this.readValue()
  }

  /** A copy, as received bytes are used again. */
  copyOf(start: number, end: number): Buffer {
    return Buffer.from(this.bytes.subarray(start, end))
  }

  /** Reads a value as `JSON.parse` would, but an integer that a number cannot hold exactly as bigint. */
  readValue(): unknown {
    const first = this.peek()
    const start = this.position
    switch (first) {
      case 0x22: // "
        this.seen = 0
        this.skipString()
        return this.decodeText()
      case 0x7b: // {
      case 0x5b: // [
        // Objects are built, and their grammar is checked, fastest by the engine itself.
        this.seen = 0
        if (!this.#skipContainer()) return this.#parse(start, this.position)
        this.position = start
        return readTree(this)
      case 0x74: // t
        this.skipLiteral('true')
        return true
      case 0x66: // f
        this.skipLiteral('false')
        return false
      case 0x6e: // n
        this.skipLiteral('null')
        return null
      default: {
        const integer = this.skipNumber()
        return Number.isNaN(integer) ? exactNumber(this.bytes.latin1Slice(start, this.position)) : integer
      }
    }
  }

  /**
   * Reads the string ahead; the caller has checked that it is one.
   * @throws HubProtocolError in .NET's words when it is no Unicode text.
   */
  readString(cache?: TextCache): string {
    this.seen = 0
    this.skipString()
    if (cache === undefined || this.textIsEscaped || this.seen >= 0x80) return this.text()
    return cache.get(this.bytes, this.textStart, this.textEnd)
  }

  /**
   * Reads the number ahead.
   * @returns its text when it is an integer of more than 15 digits, undefined when it is none at all.
   */
  readInteger(): number | string | undefined {
    const start = this.position
    const integer = this.skipNumber()
    if (!Number.isNaN(integer)) return integer
    const text = this.bytes.latin1Slice(start, this.position)
    return /[.eE]/.test(text) ? undefined : text
  }

  /** Which of the known names the member has whose name was just read. */
  matchName<Name extends string>(names: MemberNames<Name>): Name | undefined {
    if (this.textIsEscaped) return names.find(this.decodeText())
    return names.match(this.bytes, this.textStart, this.textEnd)
  }

  /** The member name read last, as `JSON.parse` takes it. */
  memberName(): string {
    return this.decodeText()
  }

  /** The member name or string read last. */
  text(): string {
    const text = this.decodeText()
    const surrogate = this.textIsEscaped ? /\p{Surrogate}/u.exec(text)?.[0].charCodeAt(0) : undefined
    if (surrogate !== undefined) throw unpairedSurrogate(surrogate)
    return text
  }

  /**
   * Reads past an object or array and checks its depth, but not its grammar.
   * @returns whether it holds an integer of so many digits that a number may not keep them.
   */
  #skipContainer(): boolean {
    const { bytes } = this
    let depth = this.depth
    let index = this.position
    let hasLongInteger = false
    do {
      const next = bytes[index]!
      if (next === 0x22) {
        this.position = index
        this.skipString()
        index = this.position
        continue
      }
      if (isDigit(next)) {
        const digits = index
        while (isDigit(bytes[++index]!)) {}
        // Behind a point they are those of a fraction.
        if (index - digits >= digitsInDoubt && bytes[digits - 1] !== 0x2e) hasLongInteger = true
        continue
      }
      if (next === 0x7b || next === 0x5b) {
        if (++depth > maximumDepth) throw this.#tooDeep('array', index)
      } else if (next === 0x7d || next === 0x5d) {
        depth--
      } else if (next === recordSeparator) {
        throw this.unexpected(index, '')
      }
      index++
    } while (depth > this.depth)
    this.position = index
    return hasLongInteger
  }

  #parse(start: number, end: number): unknown {
    const text = this.decode(start, end)
    try {
      return JSON.parse(text)
    } catch {
      throw this.error('The value is not valid JSON.', start)
    }
  }

  #enter(kind: 'object' | 'array'): void {
    this.position++
    if (++this.depth > maximumDepth) throw this.#tooDeep(kind, this.position - 1)
  }

  #leave(): false {
    this.position++
    this.depth--
    return false
  }

  #readName(): true {
    if (this.bytes[this.position] !== 0x22) {
      throw this.unexpected(this.position, `is an invalid start of a property name. Expected a '"'.`)
    }
    this.skipString()
    if (this.peek() === 0x3a) {
      this.position++
      return true
    }
    if (this.position === this.end) throw this.error('Expected a value, but instead reached end of data.')
    throw this.unexpected(this.position, "is invalid after a property name. Expected a ':'.")
  }

  #skipComma(kind: 'object' | 'array', close: number): void {
    const commaAt = this.position++
    const next = this.peek()
    if (this.position === this.end) {
      throw this.error('Expected start of a property name or value, but instead reached end of data.', commaAt)
    }
    if (next !== close) return
    throw this.error(
      `The JSON ${kind} contains a trailing comma at the end which is not supported in this mode. Change the reader options.`,
    )
  }

  #tooDeep(kind: 'object' | 'array', index: number): JsonReaderError {
    const limit = `The maximum configured depth of ${maximumDepth} has been exceeded.`
    return this.error(`${limit} Cannot read next JSON ${kind}.`, index)
  }

  #invalidAfterValue(): JsonReaderError {
    const next = this.bytes[this.position]
    const isClosing = next === 0x7d || next === 0x5d
    return this.unexpected(
      this.position,
      isClosing ? 'is invalid without a matching open.' : "is invalid after a value. Expected either ',', '}', or ']'.",
    )
  }
}

function unpairedSurrogate(unit: number): HubProtocolError {
  const text =
    unit < 0xdc00
      ? 'Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.'
      : `Cannot read invalid UTF-16 JSON text as string. Invalid surrogate value: '0x${unit.toString(16).toUpperCase()}'.`
  return new HubProtocolError(text, 'InvalidOperationException')
}
