const initialBytes = 256

/**
 * Writes the few kinds of MessagePack values that payloads have, each in its smallest form, as .NET does.
 * @source msgpack/msgpack: spec.md
 */
export class PayloadWriter {
  #bytes = Buffer.allocUnsafe(initialBytes)
  #position = 0

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#position)
  }

  arrayLength(length: number): this {
    return this.#length(length, 0x90, 16, undefined, 0xdc)
  }

  mapLength(length: number): this {
    return this.#length(length, 0x80, 16, undefined, 0xde)
  }

  string(text: string): this {
    const byteLength = Buffer.byteLength(text)
    this.#length(byteLength, 0xa0, 32, 0xd9, 0xda)
    this.#position += this.#reserve(byteLength).write(text, this.#position)
    return this
  }

  binary(data: Uint8Array): this {
    this.#length(data.length, 0, 0, 0xc4, 0xc5)
    this.#reserve(data.length).set(data, this.#position)
    this.#position += data.length
    return this
  }

  int32(value: number): this {
    if (value >= 0) {
      if (value < 0x80) return this.#byte(value)
      if (value < 0x100) return this.#byte(0xcc).#byte(value)
      return value < 0x1_0000 ? this.#byte(0xcd).#uint16(value) : this.#byte(0xce).#uint32(value)
    }
    if (value >= -0x20) return this.#byte(value & 0xff)
    if (value >= -0x80) return this.#byte(0xd0).#byte(value & 0xff)
    return value >= -0x8000 ? this.#byte(0xd1).#uint16(value & 0xffff) : this.#byte(0xd2).#uint32(value >>> 0)
  }

  /**
   * @param fixed - code for lengths below `fixedLimit`.
   * @param code8 - where the type has it.
   * @param code16 - the one for 32 bits follows it.
   */
  #length(length: number, fixed: number, fixedLimit: number, code8: number | undefined, code16: number): this {
    if (length < fixedLimit) return this.#byte(fixed | length)
    if (length < 0x100 && code8 !== undefined) return this.#byte(code8).#byte(length)
    return length < 0x1_0000 ? this.#byte(code16).#uint16(length) : this.#byte(code16 + 1).#uint32(length)
  }

  #byte(value: number): this {
    this.#reserve(1)[this.#position++] = value
    return this
  }

  #uint16(value: number): this {
    this.#position = this.#reserve(2).writeUInt16BE(value, this.#position)
    return this
  }

  #uint32(value: number): this {
    this.#position = this.#reserve(4).writeUInt32BE(value, this.#position)
    return this
  }

  #reserve(count: number): Buffer {
    const needed = this.#position + count
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
      this.#bytes.copy(grown, 0, 0, this.#position)
      this.#bytes = grown
    }
    return this.#bytes
  }
}
