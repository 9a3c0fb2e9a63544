import { HubProtocolError } from './hub-protocol-error.js'
import * as byte from './json-bytes.js'
import type { JsonReaderError } from './json-reader-error.js'
import { Utf8ScalarReader } from './utf8-scalar-reader.js'

const maximumDepth = 64

/** How System.Text.Json names what a value begins with. */
export type JsonTokenType = 'StartObject' | 'StartArray' | 'String' | 'Number' | 'True' | 'False' | 'Null'

/**
 * Walks forward over one JSON text and builds only what it is asked for. No comments, no trailing commas, no byte order
 * mark, at most 64 levels.
 *
 * Objects are walked as `for (let more = reader.enterObject(); more; more = reader.nextMember())`, arrays alike. In the body
 * the reader stands before a value, which must be read or skipped.
 */
export class Utf8JsonReader extends Utf8ScalarReader {
  private depth = 0

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
    if (this.peek() === byte.openBrace) return this.enterObject()
    if (this.position === this.end) {
      const expected = 'Expected the input to start with a valid JSON token, when isFinalBlock is true.'
      throw this.error(`The input does not contain any JSON tokens. ${expected}`)
    }
    const token = this.tokenType()
    if (token !== 'StartArray') this.skipValue()
    throw new HubProtocolError(`Unexpected JSON Token Type '${token.replace('Start', '')}'. Expected a JSON Object.`)
  }

  /** Steps into an object and reads the name of its first member; false when it is empty, the reader is then behind it. */
  enterObject(): boolean {
    this.enter('object')
    return this.peek() === byte.closeBrace ? this.leave() : this.readName()
  }

  /** Reads the name of the next member; false at the end of the object, the reader is then behind it. */
  nextMember(): boolean {
    const next = this.peek()
    if (next === byte.closeBrace) return this.leave()
    if (next !== byte.comma) throw this.invalidAfterValue()
    this.skipComma('object', byte.closeBrace)
    return this.readName()
  }

  enterArray(): boolean {
    this.enter('array')
    return this.peek() === byte.closeBracket ? this.leave() : true
  }

  nextElement(): boolean {
    const next = this.peek()
    if (next === byte.closeBracket) return this.leave()
    if (next !== byte.comma) throw this.invalidAfterValue()
    this.skipComma('array', byte.closeBracket)
    return true
  }

  /** What the value ahead begins with. */
  tokenType(): JsonTokenType {
    switch (this.peek()) {
      case byte.openBrace:
        return 'StartObject'
      case byte.openBracket:
        return 'StartArray'
      case byte.quote:
        return 'String'
      case byte.lowerT:
        return 'True'
      case byte.lowerF:
        return 'False'
      case byte.lowerN:
        return 'Null'
      default:
        return 'Number'
    }
  }

  /** Reads past a value of any kind and checks its grammar. */
  skipValue(): void {
    switch (this.peek()) {
      case byte.quote:
        this.skipString()
        break
      case byte.openBrace:
        for (let more = this.enterObject(); more; more = this.nextMember()) this.skipValue()
        break
      case byte.openBracket:
        for (let more = this.enterArray(); more; more = this.nextElement()) this.skipValue()
        break
      case byte.lowerT:
        this.skipLiteral('true')
        break
      case byte.lowerF:
        this.skipLiteral('false')
        break
      case byte.lowerN:
        this.skipLiteral('null')
        break
      default:
        this.skipNumber()
        this.expectDelimiter()
    }
  }

  /** Reads a value as `JSON.parse` would. */
  readValue(): unknown {
    const first = this.peek()
    const start = this.position
    switch (first) {
      case byte.quote:
        this.seen = 0
        this.skipString()
        return this.decodeText()
      case byte.openBrace:
      case byte.openBracket:
        // Skipping finds the end and checks the depth; objects are built fastest by the engine itself.
        this.seen = 0
        this.skipValue()
        return JSON.parse(this.decode(start, this.position))
      case byte.lowerT:
        this.skipLiteral('true')
        return true
      case byte.lowerF:
        this.skipLiteral('false')
        return false
      case byte.lowerN:
        this.skipLiteral('null')
        return null
      default: {
        const integer = this.skipNumber()
        this.expectDelimiter()
        return Number.isNaN(integer) ? Number(this.bytes.latin1Slice(start, this.position)) : integer
      }
    }
  }

  /**
   * Reads the string ahead; the caller has checked that it is one.
   * @throws HubProtocolError in .NET's words when it is no Unicode text.
   */
  readString(): string {
    this.seen = 0
    this.skipString()
    return this.text()
  }

  /** Reads the number ahead. @returns its text when it is an integer of more than 15 digits, undefined when it is none at all. */
  readInteger(): number | string | undefined {
    const start = this.position
    const integer = this.skipNumber()
    this.expectDelimiter()
    if (!Number.isNaN(integer)) return integer
    const text = this.bytes.latin1Slice(start, this.position)
    return /[.eE]/.test(text) ? undefined : text
  }

  /** The member name or string read last. */
  text(): string {
    const text = this.decodeText()
    const surrogate = this.textIsEscaped ? /\p{Surrogate}/u.exec(text)?.[0].charCodeAt(0) : undefined
    if (surrogate !== undefined) throw unpairedSurrogate(surrogate)
    return text
  }

  private enter(kind: 'object' | 'array'): void {
    this.position++
    if (++this.depth <= maximumDepth) return
    const limit = `The maximum configured depth of ${maximumDepth} has been exceeded.`
    throw this.error(`${limit} Cannot read next JSON ${kind}.`, this.position - 1)
  }

  private leave(): false {
    this.position++
    this.depth--
    return false
  }

  private readName(): true {
    if (this.bytes[this.position] !== byte.quote) {
      throw this.unexpected(this.position, `is an invalid start of a property name. Expected a '"'.`)
    }
    this.skipString()
    if (this.peek() === byte.colon) {
      this.position++
      return true
    }
    if (this.position === this.end) throw this.error('Expected a value, but instead reached end of data.')
    throw this.unexpected(this.position, "is invalid after a property name. Expected a ':'.")
  }

  private skipComma(kind: 'object' | 'array', close: number): void {
    this.position++
    const next = this.peek()
    if (this.position === this.end) {
      throw this.error('Expected start of a property name or value, but instead reached end of data.')
    }
    if (next !== close) return
    throw this.error(
      `The JSON ${kind} contains a trailing comma at the end which is not supported in this mode. Change the reader options.`,
    )
  }

  private expectDelimiter(): void {
    // peek
  }

  private invalidAfterValue(): JsonReaderError {
    const next = this.bytes[this.position]
    const isClosing = next === byte.closeBrace || next === byte.closeBracket
    return this.unexpected(
      this.position,
      isClosing ? 'is invalid without a matching open.' : "is invalid after a value. Expected either ',', '}', or ']'.",
    )
  }
}
