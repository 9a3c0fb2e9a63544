import { HubProtocolError, type NativeBuffer, type TextCache } from '@signalbox/protocol'
import { formatName } from './format-names.js'

const twoPow32 = 0x1_0000_0000

/**
 * Reads MessagePack from a stretch of bytes, every legal width of every format. Each reading has two halves, the code
 * (first byte) and what follows it, so that a value can be read by what its code says.
 *
 * It throws HubProtocolError in the words of MessagePack-CSharp; some of them reach clients.
 * @source msgpack/msgpack: spec.md; MessagePack-CSharp: src/MessagePack/MessagePackReader.cs
 */
export class MessagePackReader {
  #bytes = Buffer.alloc(0) as NativeBuffer
  #position = 0
  #end = 0

  open(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes as NativeBuffer
    this.#position = start
    this.#end = end
  }

  readCode(): number {
    return this.#bytes[this.#take(1)]!
  }

  readArrayLength(): number {
    return this.arrayLength(this.readCode())
  }

  readMapLength(): number {
    return this.mapLength(this.readCode())
  }

  /** @returns null for nil. */
  readString(cache?: TextCache): string | null {
    const code = this.readCode()
    return code === 0xc0 ? null : this.text(code, cache)
  }

  readBoolean(): boolean {
    const code = this.readCode()
    if (code !== 0xc2 && code !== 0xc3) throw unexpectedCode(code)
    return code === 0xc3
  }

  readInt32(): number {
    const integer = this.integer(this.readCode())
    if (integer !== (Number(integer) | 0)) throw overflow()
    return integer
  }

  /** Beyond 2^53 it comes out rounded. */
  readInt64(): number {
    const integer = this.integer(this.readCode())
    if (typeof integer === 'bigint' && integer !== BigInt.asIntN(64, integer)) throw overflow()
    return Number(integer)
  }

  /** Counts are believed only as far as there are bytes for so many elements. */
  arrayLength(code: number): number {
    const length = code >> 4 === 0x9 ? code & 0x0f : this.#length(code, 0xdc, 0xdd)
    if (length > this.#end - this.#position) throw endOfStream()
    return length
  }

  /** The number of pairs. */
  mapLength(code: number): number {
    const length = code >> 4 === 0x8 ? code & 0x0f : this.#length(code, 0xde, 0xdf)
    if (length * 2 > this.#end - this.#position) throw endOfStream()
    return length
  }

  /** Bytes that are not UTF-8 become U+FFFD. */
  text(code: number, cache?: TextCache): string {
    const length = code >> 5 === 0x5 ? code & 0x1f : this.#lengthOf8(code, 0xd9, 0xda, 0xdb)
    const start = this.#take(length)
    const end = this.#position
    if (cache !== undefined && isAscii(this.#bytes, start, end)) return cache.get(this.#bytes, start, end)
    return this.#bytes.utf8Slice(start, end)
  }

  /** A copy, as received bytes are used again. */
  binary(code: number): Uint8Array {
    const start = this.#take(this.#lengthOf8(code, 0xc4, 0xc5, 0xc6))
    return new Uint8Array(this.#bytes.subarray(start, this.#position))
  }

  /** An integer a number cannot hold exactly is a bigint. */
  integer(code: number): number | bigint {
    if (code < 0x80) return code
    if (code >= 0xe0) return code - 0x100
    const bytes = this.#bytes
    switch (code) {
      case 0xcc:
        return bytes[this.#take(1)]!
      case 0xcd:
        return bytes.readUInt16BE(this.#take(2))
      case 0xce:
        return bytes.readUInt32BE(this.#take(4))
      case 0xcf: {
        const start = this.#take(8)
        const integer = bytes.readUInt32BE(start) * twoPow32 + bytes.readUInt32BE(start + 4)
        return Number.isSafeInteger(integer) ? integer : bytes.readBigUInt64BE(start)
      }
      case 0xd0:
        return bytes.readInt8(this.#take(1))
      case 0xd1:
        return bytes.readInt16BE(this.#take(2))
      case 0xd2:
        return bytes.readInt32BE(this.#take(4))
      case 0xd3: {
        const start = this.#take(8)
        const integer = bytes.readInt32BE(start) * twoPow32 + bytes.readUInt32BE(start + 4)
        return Number.isSafeInteger(integer) ? integer : bytes.readBigInt64BE(start)
      }
      default:
        throw unexpectedCode(code)
    }
  }

  float(code: number): number {
    return code === 0xca ? this.#bytes.readFloatBE(this.#take(4)) : this.#bytes.readDoubleBE(this.#take(8))
  }

  /** The bytes of an extension of the given type, not copied. */
  extension(code: number, expectedType: number): Uint8Array {
    const length = code >= 0xd4 && code <= 0xd8 ? 1 << (code - 0xd4) : this.#lengthOf8(code, 0xc7, 0xc8, 0xc9)
    const type = this.#bytes.readInt8(this.#take(1))
    const start = this.#take(length)
    if (type !== expectedType) {
      throw new HubProtocolError(`Extension type code ${type} is not supported.`, 'MessagePackSerializationException')
    }
    return this.#bytes.subarray(start, this.#position)
  }

  /** The bytes of the value ahead, whatever it is. A copy, as received bytes are used again. */
  readRaw(): Uint8Array {
    const start = this.#position
    // Without recursion, as what is nested may be nested as deep as there are bytes.
    for (let values = 1; values > 0; values--) values += this.#skipHead(this.readCode())
    return new Uint8Array(this.#bytes.subarray(start, this.#position))
  }

  /** Skips what follows a code: all of a scalar, of an array or map its length. @returns how many values lie within. */
  #skipHead(code: number): number {
    if (code < 0x80 || code >= 0xe0) return 0
    if (code < 0x90 || code === 0xde || code === 0xdf) return 2 * this.mapLength(code)
    if (code < 0xa0 || code === 0xdc || code === 0xdd) return this.arrayLength(code)
    this.#take(this.#contentBytes(code))
    return 0
  }

  /** How many bytes of a scalar follow its code, its length field not counted: that is read. */
  #contentBytes(code: number): number {
    if (code < 0xc0) return code & 0x1f // text
    if (code >= 0xcc && code <= 0xd3) return 1 << (code & 3) // integers
    if (code >= 0xd4 && code <= 0xd8) return 1 + (1 << (code - 0xd4)) // extensions, with their type
    switch (code) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return 0
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#lengthOf8(code, 0xc4, 0xc5, 0xc6)
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return 1 + this.#lengthOf8(code, 0xc7, 0xc8, 0xc9)
      case 0xca:
        return 4
      case 0xcb:
        return 8
      default:
        return this.#lengthOf8(code, 0xd9, 0xda, 0xdb)
    }
  }

  #lengthOf8(code: number, code8: number, code16: number, code32: number): number {
    return code === code8 ? this.#bytes[this.#take(1)]! : this.#length(code, code16, code32)
  }

  #length(code: number, code16: number, code32: number): number {
    if (code === code16) return this.#bytes.readUInt16BE(this.#take(2))
    if (code === code32) return this.#bytes.readUInt32BE(this.#take(4))
    throw unexpectedCode(code)
  }

  /** Moves past `count` bytes. @returns where they start. */
  #take(count: number): number {
    const start = this.#position
    if (count > this.#end - start) throw endOfStream()
    this.#position = start + count
    return start
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  let seen = 0
  for (let index = start; index < end; index++) seen |= bytes[index]!
  return seen < 0x80
}

export function unexpectedCode(code: number): HubProtocolError {
  const text = `Unexpected msgpack code ${code} (${formatName(code)}) encountered.`
  return new HubProtocolError(text, 'MessagePackSerializationException')
}

function endOfStream(): HubProtocolError {
  return new HubProtocolError('Attempted to read past the end of the stream.', 'EndOfStreamException')
}

function overflow(): HubProtocolError {
  return new HubProtocolError('Arithmetic operation resulted in an overflow.', 'OverflowException')
}
