import { isUtf8 } from 'node:buffer'
import { endianness } from 'node:os'
import { ReceiveBuffer } from '@signalbox/abstractions'
import { opcodes } from './frame-writer.js'

/** Whom a reader tells what it finds. */
export interface FrameHandler {
  /** One whole message; its memory is valid until this returns. */
  onMessage(payload: Buffer): void
  onPing(payload: Buffer): void
  /** The peer's close frame; nothing behind it is read. */
  onPeerClose(): void
  /**
   * The peer broke the rules; nothing more is read.
   * @param closeCode - for the close frame that answers it; undefined where a cut is the answer.
   */
  onBadFrame(reason: string, closeCode: number | undefined): void
}

const continuation = 0
const longestControlBytes = 125

const protocolError = 1002
const invalidPayload = 1007

/**
 * Reads the frames of a client, in whatever pieces they come. Memory is bounded by the largest message, however it is
 * cut: a message in many fragments grows in one buffer, where a list of fragments would cost a hundred times the bytes
 * sent and keep the segments they came in.
 * @source RFC 6455, section 5; the order of the checks as in ws
 */
export class FrameReader {
  readonly #handler: FrameHandler
  readonly #maximumMessageBytes: number
  /** A frame's head whose rest is still to come. */
  #head: Uint8Array | undefined
  /** The payload of the frame under way that is still to come; undefined between two frames. */
  #missing: number | undefined
  #opcode = 0
  #isFinal = true
  /** Four bytes, beginning with that of the next payload byte. */
  #mask = 0
  /** Of a message that has begun and not ended: what kind it is, and what has come of it. */
  #messageOpcode = 0
  #message: ReceiveBuffer | undefined
  /** A control frame may come in the midst of a message. */
  #control: ReceiveBuffer | undefined
  #isOver = false

  constructor(handler: FrameHandler, maximumMessageBytes: number) {
    this.#handler = handler
    this.#maximumMessageBytes = maximumMessageBytes
  }

  /** @param bytes - theirs no more: they are unmasked in place. */
  read(bytes: Buffer): void {
    let all = bytes
    if (this.#head !== undefined) {
      all = Buffer.concat([this.#head, bytes])
      this.#head = undefined
    }
    let at = 0
    while (!this.#isOver) {
      if (this.#missing === undefined) {
        const headEnd = this.#readHead(all, at)
        if (headEnd === undefined) {
          if (at < all.length) this.#head = Uint8Array.from(all.subarray(at))
          return
        }
        at = headEnd
      }
      const missing: number = this.#missing ?? 0
      const end = Math.min(at + missing, all.length)
      const message = this.#readPayload(all.subarray(at, end), missing)
      at = end
      if (message !== undefined) this.#handler.onMessage(message)
      if (this.#missing !== undefined) return
    }
  }

  /** @returns where the payload begins; undefined while the head is not whole, and once the reader is over. */
  #readHead(bytes: Buffer, at: number): number | undefined {
    if (bytes.length - at < 2) return undefined
    const first = bytes[at]!
    const second = bytes[at + 1]!
    const shortLength = second & 0x7f
    const opcode = first & 0x0f
    const isFinal = (first & 0x80) !== 0
    const violation = this.#findViolation(first, opcode, isFinal, shortLength)
    if (violation !== undefined) return this.#fail(violation, protocolError)
    if ((second & 0x80) === 0) return this.#fail('a frame without a mask', protocolError)

    const maskStart = at + (shortLength < 126 ? 2 : shortLength === 126 ? 4 : 10)
    if (bytes.length < maskStart) return undefined
    let length = shortLength
    if (shortLength === 126) length = bytes.readUInt16BE(at + 2)
    else if (shortLength === 127) length = bytes.readUInt32BE(at + 2) * 0x1_0000_0000 + bytes.readUInt32BE(at + 6)
    if (length > Number.MAX_SAFE_INTEGER) return this.#fail('a frame of impossible length', protocolError)
    if (opcode < opcodes.close && length + (this.#message?.length ?? 0) > this.#maximumMessageBytes)
      return this.#fail(
        `a message of more than ${this.#maximumMessageBytes} bytes (maximumWebSocketMessageBytes)`,
        undefined,
      )
    if (bytes.length < maskStart + 4) return undefined
    this.#opcode = opcode
    this.#isFinal = isFinal
    this.#mask = bytes.readInt32BE(maskStart)
    this.#missing = length
    return maskStart + 4
  }

  #findViolation(first: number, opcode: number, isFinal: boolean, shortLength: number): string | undefined {
    if ((first & 0x70) !== 0) return 'a reserved bit'
    const isFragmented = this.#messageOpcode !== 0
    if (opcode === continuation) return isFragmented ? undefined : 'a continuation of nothing'
    if (opcode <= opcodes.binary) return isFragmented ? 'a message within a message' : undefined
    if (opcode < opcodes.close || opcode > opcodes.pong) return `a frame with opcode ${opcode}`
    if (!isFinal) return 'a control frame in fragments'
    return shortLength > longestControlBytes ? 'a control frame that is too long' : undefined
  }

  /** @param payload - what is here of the `missing` bytes. @returns the message that ends with it. */
  #readPayload(payload: Buffer, missing: number): Buffer | undefined {
    this.#mask = unmask(payload, this.#mask)
    if (payload.length < missing) {
      this.#missing = missing - payload.length
      if (this.#opcode >= opcodes.close) this.#collectControl(payload)
      else this.#collect(payload)
      return undefined
    }
    this.#missing = undefined
    if (this.#opcode >= opcodes.close) {
      const collected = this.#control
      this.#control = undefined
      collected?.append(payload)
      this.#onControl(collected?.bytes ?? payload)
    } else if (this.#isFinal) return this.#endMessage(payload)
    else this.#collect(payload)
    return undefined
  }

  #collect(payload: Buffer): void {
    if (this.#opcode !== continuation) this.#messageOpcode = this.#opcode
    if (payload.length === 0) return
    this.#message ??= new ReceiveBuffer()
    this.#message.append(payload)
  }

  #collectControl(payload: Buffer): void {
    this.#control ??= new ReceiveBuffer()
    this.#control.append(payload)
  }

  #endMessage(payload: Buffer): Buffer | undefined {
    const collected = this.#message
    const opcode = this.#messageOpcode === 0 ? this.#opcode : this.#messageOpcode
    this.#message = undefined
    this.#messageOpcode = 0
    collected?.append(payload)
    const message = collected?.bytes ?? payload
    if (opcode === opcodes.text && !isUtf8(message)) return this.#fail('text that is not UTF-8', invalidPayload)
    return message
  }

  #onControl(payload: Buffer): void {
    if (this.#opcode === opcodes.ping) this.#handler.onPing(payload)
    else if (this.#opcode === opcodes.close) this.#onClose(payload)
  }

  #onClose(payload: Buffer): void {
    if (payload.length === 1 || (payload.length > 1 && !isValidCloseCode(payload.readUInt16BE(0))))
      this.#fail('a close frame without a valid code', protocolError)
    else if (!isUtf8(payload.subarray(2))) this.#fail('a close frame whose reason is not UTF-8', invalidPayload)
    else {
      this.#isOver = true
      this.#handler.onPeerClose()
    }
  }

  #fail(what: string, closeCode: number | undefined): undefined {
    this.#isOver = true
    this.#message = undefined
    this.#handler.onBadFrame(`The client sent ${what}.`, closeCode)
  }
}

/** From here on words of memory are worth a view of their own: 16 KB take a quarter of the time. */
const shortestInWords = 128
const isLittleEndian = endianness() === 'LE'

/** @returns the mask for the bytes that follow. */
function unmask(bytes: Buffer, mask: number): number {
  if (bytes.length < shortestInWords) return unmaskBytes(bytes, 0, bytes.length, mask)
  const start = -bytes.byteOffset & 3
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, (bytes.length - start) >>> 2)
  const turned = unmaskBytes(bytes, 0, start, mask)
  unmaskWords(words, isLittleEndian ? swapBytes(turned) : turned)
  return unmaskBytes(bytes, start + words.byteLength, bytes.length, turned)
}

/** @returns the mask for the bytes that follow. */
function unmaskBytes(bytes: Buffer, start: number, end: number, mask: number): number {
  const first = mask >>> 24
  const second = (mask >>> 16) & 0xff
  const third = (mask >>> 8) & 0xff
  const fourth = mask & 0xff
  let at = start
  for (; at + 4 <= end; at += 4) {
    bytes[at]! ^= first
    bytes[at + 1]! ^= second
    bytes[at + 2]! ^= third
    bytes[at + 3]! ^= fourth
  }
  if (at < end) bytes[at]! ^= first
  if (at + 1 < end) bytes[at + 1]! ^= second
  if (at + 2 < end) bytes[at + 2]! ^= third
  const turn = 8 * ((end - start) & 3)
  return turn === 0 ? mask : (mask << turn) | (mask >>> (32 - turn))
}

function unmaskWords(words: Int32Array, mask: number): void {
  const { length } = words
  let at = 0
  for (; at + 4 <= length; at += 4) {
    words[at]! ^= mask
    words[at + 1]! ^= mask
    words[at + 2]! ^= mask
    words[at + 3]! ^= mask
  }
  for (; at < length; at++) words[at]! ^= mask
}

const swapBytes = (word: number): number =>
  (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff_0000) | (word << 24)

/** @source RFC 6455, section 7.4, and IANA's registry */
const isValidCloseCode = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999)
