import type { NativeBuffer } from '@signalbox/protocol'
import { longestPrefixBytes, writePrefix } from './binary-framing.js'

const initialBytes = 4096
/** A buffer that has grown beyond this is given away with its message instead of being kept. */
const largestKeptBytes = 65_536
const twoPow32 = 0x1_0000_0000
const twoPow63 = 2 ** 63
const twoPow64 = 2 ** 64
const leastInt64 = -(2n ** 63n)
const mostUInt64 = 2n ** 64n - 1n
/** Up to this length a loop is faster than a call into the engine. */
const shortTextLength = 20
/** Up to this length a text may be given three times the room, all it can need, without counting its bytes. */
const uncountedTextLength = 4096
const longestTextHeaderBytes = 5

/**
 * Writes MessagePack, every value in the smallest format that fits, into a buffer that is used again for the next
 * message.
 * @source msgpack/msgpack: spec.md
 */
export class MessagePackWriter {
  #bytes = Buffer.allocUnsafeSlow(initialBytes) as NativeBuffer
  #position = longestPrefixBytes

  /** Starts a message, leaving room for its length. */
  begin(): void {
    this.#position = longestPrefixBytes
  }

  /** @returns the message with its length, in memory of its own. */
  finish(): Buffer {
    const start = writePrefix(this.#bytes, longestPrefixBytes, this.#position)
    if (this.#bytes.length > largestKeptBytes) {
      const message = this.#bytes.subarray(start, this.#position)
      this.#bytes = Buffer.allocUnsafeSlow(initialBytes) as NativeBuffer
      return message
    }
    const message = Buffer.allocUnsafe(this.#position - start)
    this.#bytes.copy(message, 0, start, this.#position)
    return message
  }

  writeNil(): void {
    this.#writeByte(0xc0)
  }

  writeBoolean(value: boolean): void {
    this.#writeByte(value ? 0xc3 : 0xc2)
  }

  /**
   * A whole number as integer while 64 bits hold it, since .NET reads that as any type of number; any other as float64.
   */
  writeNumber(value: number): void {
    if (Number.isSafeInteger(value)) this.#writeInteger(value)
    else if (Number.isInteger(value) && value >= -twoPow63 && value < twoPow64) this.writeBigInt(BigInt(value))
    else {
      const start = this.#code(0xcb, 8)
      this.#bytes.writeDoubleBE(value, start)
    }
  }

  /** @throws RangeError when 64 bits cannot hold it. */
  writeBigInt(value: bigint): void {
    if (value < 0n ? value < leastInt64 : value > mostUInt64) throw new RangeError(notAnInteger(value))
    if (value < 0n) {
      const start = this.#code(0xd3, 8)
      this.#bytes.writeBigInt64BE(value, start)
    } else {
      const start = this.#code(0xcf, 8)
      this.#bytes.writeBigUInt64BE(value, start)
    }
  }

  /** Half of a surrogate pair becomes U+FFFD. */
  writeString(text: string): void {
    const { length } = text
    this.#reserve(longestTextHeaderBytes + (length <= uncountedTextLength ? 3 * length : Buffer.byteLength(text)))
    // On the guess that all is ASCII, or that the rest does not need a longer header.
    const start = this.#position + textHeaderBytes(length)
    const byteLength = this.#writeShortAscii(text, start) ? length : this.#bytes.utf8Write(text, start)
    const headerBytes = textHeaderBytes(byteLength)
    const missing = this.#position + headerBytes - start
    if (missing > 0) this.#bytes.copyWithin(start + missing, start, start + byteLength)
    this.#writeTextHeader(headerBytes, byteLength)
    this.#position += byteLength
  }

  writeBinary(data: Uint8Array): void {
    const { length } = data
    if (length < 0x100) this.#writeUInt8(0xc4, length)
    else this.#writeLength(0xc5, length)
    this.writeRaw(data)
  }

  writeArrayLength(length: number): void {
    if (length < 16) this.#writeByte(0x90 | length)
    else this.#writeLength(0xdc, length)
  }

  /** @returns where it stands, for `shortenMap`. */
  writeMapLength(length: number): number {
    const start = this.#position
    if (length < 16) this.#writeByte(0x80 | length)
    else this.#writeLength(0xde, length)
    return start
  }

  /** Writes a smaller length where a map begins, in the format of the one that was announced. */
  shortenMap(start: number, announced: number, length: number): void {
    if (announced < 16) this.#bytes[start] = 0x80 | length
    else if (announced < 0x1_0000) this.#bytes.writeUInt16BE(length, start + 1)
    else this.#bytes.writeUInt32BE(length, start + 1)
  }

  /** Where the next byte will stand, for `rewind`. */
  mark(): number {
    return this.#position
  }

  /** Takes back what was written since that mark. */
  rewind(mark: number): void {
    this.#position = mark
  }

  /** @param seconds - since 1970, whole. */
  writeTimestamp(type: number, seconds: number, nanoseconds: number): void {
    const high = Math.floor(seconds / twoPow32)
    if (high === 0 && nanoseconds === 0) {
      const start = this.#extension(0xd6, type, 4)
      this.#bytes.writeUInt32BE(seconds, start)
    } else if (high >= 0 && high < 4) {
      const start = this.#extension(0xd7, type, 8)
      this.#bytes.writeUInt32BE(nanoseconds * 4 + high, start)
      this.#bytes.writeUInt32BE(seconds % twoPow32, start + 4)
    } else {
      this.#writeByte(0xc7)
      const start = this.#extension(12, type, 12)
      this.#bytes.writeUInt32BE(nanoseconds, start)
      this.#bytes.writeInt32BE(high, start + 4)
      this.#bytes.writeUInt32BE(seconds - high * twoPow32, start + 8)
    }
  }

  /** Bytes as they are: a value that is MessagePack already, or what follows a header. */
  writeRaw(data: Uint8Array): void {
    this.#reserve(data.length)
    this.#bytes.set(data, this.#position)
    this.#position += data.length
  }

  #writeInteger(value: number): void {
    if (value >= 0) {
      if (value < 0x80) this.#writeByte(value)
      else if (value < 0x100) this.#writeUInt8(0xcc, value)
      else if (value < 0x1_0000) this.#writeUInt16(0xcd, value)
      else if (value < twoPow32) this.#writeUInt32(0xce, value)
      else this.#write64(0xcf, value)
    } else {
      if (value >= -0x20) this.#writeByte(value & 0xff)
      else if (value >= -0x80) this.#writeUInt8(0xd0, value)
      else if (value >= -0x8000) this.#writeUInt16(0xd1, value & 0xffff)
      else if (value >= -0x8000_0000) this.#writeUInt32(0xd2, value >>> 0)
      else this.#write64(0xd3, value)
    }
  }

  #write64(code: number, value: number): void {
    const high = Math.floor(value / twoPow32)
    const start = this.#code(code, 8)
    this.#bytes.writeUInt32BE(high >>> 0, start)
    this.#bytes.writeUInt32BE(value - high * twoPow32, start + 4)
  }

  /** @returns false when the text is long or not ASCII; what was written is then overwritten. */
  #writeShortAscii(text: string, start: number): boolean {
    const bytes = this.#bytes
    const { length } = text
    if (length > shortTextLength) return false
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit >= 0x80) return false
      bytes[start + index] = unit
    }
    return true
  }

  #writeTextHeader(headerBytes: number, byteLength: number): void {
    if (headerBytes === 1) this.#writeByte(0xa0 | byteLength)
    else if (headerBytes === 2) this.#writeUInt8(0xd9, byteLength)
    else this.#writeLength(0xda, byteLength)
  }

  /** A length of 16 bits, or of 32 bits with the next code. */
  #writeLength(code16: number, length: number): void {
    if (length < 0x1_0000) this.#writeUInt16(code16, length)
    else this.#writeUInt32(code16 + 1, length)
  }

  #writeUInt8(code: number, value: number): void {
    const start = this.#code(code, 1)
    this.#bytes[start] = value
  }

  #writeUInt16(code: number, value: number): void {
    const start = this.#code(code, 2)
    this.#bytes.writeUInt16BE(value, start)
  }

  #writeUInt32(code: number, value: number): void {
    const start = this.#code(code, 4)
    this.#bytes.writeUInt32BE(value, start)
  }

  #writeByte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#position++] = byte
  }

  /** Writes a code and moves past what follows it. @returns where to write that, in `bytes` as it is from now on. */
  #code(code: number, followingBytes: number): number {
    this.#reserve(1 + followingBytes)
    const start = this.#position + 1
    this.#bytes[this.#position] = code
    this.#position = start + followingBytes
    return start
  }

  /** @returns where to write the data. */
  #extension(lengthCode: number, type: number, bytes: number): number {
    const start = this.#code(lengthCode, 1 + bytes)
    this.#bytes.writeInt8(type, start)
    return start + 1
  }

  #reserve(count: number): void {
    const required = this.#position + count
    if (required <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(required, 2 * this.#bytes.length)) as NativeBuffer
    this.#bytes.copy(grown, 0, 0, this.#position)
    this.#bytes = grown
  }
}

function notAnInteger(value: bigint): string {
  const digits = String(value)
  const shown = digits.length <= 50 ? digits : `A bigint of ${digits.length} digits`
  return `${shown} cannot be sent: MessagePack has integers from -2^63 to 2^64-1.`
}

function textHeaderBytes(byteLength: number): number {
  if (byteLength < 0x20) return 1
  if (byteLength < 0x100) return 2
  return byteLength < 0x1_0000 ? 3 : 5
}
