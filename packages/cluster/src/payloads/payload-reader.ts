/** What another node published cannot be read. It is counted and skipped. */
export class InvalidPayloadError extends Error {
  override readonly name = 'InvalidPayloadError'
}

/**
 * Reads the few kinds of MessagePack values that payloads have, in every width: .NET takes wider forms than needed.
 * Nothing nests, so nothing recurses, and a length is believed only as far as there are bytes for it.
 * @source msgpack/msgpack: spec.md; MessagePack-CSharp: src/MessagePack/MessagePackReader.cs
 */
export class PayloadReader {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** @throws InvalidPayloadError when it is shorter. */
  arrayOfAtLeast(minimum: number): number {
    const length = this.arrayLength()
    if (length < minimum) throw new InvalidPayloadError(`An array of ${length} items stands for one of ${minimum}.`)
    return length
  }

  arrayLength(): number {
    const code = this.#byte()
    return this.#count(code >> 4 === 0x9 ? code & 0x0f : this.#wideLength(code, undefined, 0xdc, 'array'), 1)
  }

  mapLength(): number {
    const code = this.#byte()
    return this.#count(code >> 4 === 0x8 ? code & 0x0f : this.#wideLength(code, undefined, 0xde, 'map'), 2)
  }

  /** Bytes that are not UTF-8 become U+FFFD. @returns undefined for nil. */
  string(): string | undefined {
    const code = this.#byte()
    if (code === 0xc0) return undefined
    const length = code >> 5 === 0x5 ? code & 0x1f : this.#wideLength(code, 0xd9, 0xda, 'string')
    const start = this.#take(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  /** A view of the payload. @returns undefined for nil. */
  binary(): Buffer | undefined {
    const code = this.#byte()
    if (code === 0xc0) return undefined
    const length = this.#wideLength(code, 0xc4, 0xc5, 'binary')
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  int32(): number {
    const value = this.#integer()
    if (value < -0x8000_0000 || value > 0x7fff_ffff) throw new InvalidPayloadError(`${value} is beyond 32 bits.`)
    return Number(value)
  }

  byte(): number {
    const value = this.#integer()
    if (value < 0 || value > 0xff) throw new InvalidPayloadError(`${value} is no byte.`)
    return Number(value)
  }

  #integer(): number | bigint {
    const code = this.#byte()
    if (code < 0x80) return code
    if (code >= 0xe0) return code - 0x100
    switch (code) {
      case 0xcc:
        return this.#byte()
      case 0xcd:
        return this.#bytes.readUInt16BE(this.#take(2))
      case 0xce:
        return this.#bytes.readUInt32BE(this.#take(4))
      case 0xcf:
        return this.#bytes.readBigUInt64BE(this.#take(8))
      case 0xd0:
        return this.#bytes.readInt8(this.#take(1))
      case 0xd1:
        return this.#bytes.readInt16BE(this.#take(2))
      case 0xd2:
        return this.#bytes.readInt32BE(this.#take(4))
      case 0xd3:
        return this.#bytes.readBigInt64BE(this.#take(8))
      default:
        throw unexpected(code, 'integer')
    }
  }

  #wideLength(code: number, code8: number | undefined, code16: number, expected: string): number {
    if (code === code8) return this.#byte()
    if (code === code16) return this.#bytes.readUInt16BE(this.#take(2))
    if (code === code16 + 1) return this.#bytes.readUInt32BE(this.#take(4))
    throw unexpected(code, expected)
  }

  #count(count: number, bytesEach: number): number {
    if (count * bytesEach > this.#bytes.length - this.#position) throw endOfPayload()
    return count
  }

  #byte(): number {
    return this.#bytes[this.#take(1)]!
  }

  /** Moves past some bytes. @returns where they start. */
  #take(count: number): number {
    const start = this.#position
    if (count > this.#bytes.length - start) throw endOfPayload()
    this.#position = start + count
    return start
  }
}

const endOfPayload = () => new InvalidPayloadError('The payload ends too early.')

const unexpected = (code: number, expected: string) =>
  new InvalidPayloadError(`The code 0x${code.toString(16)} stands where ${expected} was expected.`)
