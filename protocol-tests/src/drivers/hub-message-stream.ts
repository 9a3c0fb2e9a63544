/**
 * Cuts what arrived into hub messages: JSON records as their text, MessagePack messages as hex with their length
 * prefix.
 */
export class HubMessageStream {
  #rest: Buffer = Buffer.alloc(0)
  /** Every answer to a handshake is a JSON record, whatever protocol was asked for. */
  #isText = true

  switchToBinary(): void {
    this.#isText = false
  }

  get isEmpty(): boolean {
    return this.#rest.length === 0
  }

  append(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
  }

  tryTake(): string | undefined {
    return this.#isText ? this.#tryTakeRecord() : this.#tryTakeBinary()
  }

  #tryTakeRecord(): string | undefined {
    const end = this.#rest.indexOf(0x1e)
    if (end < 0) return undefined
    const record = this.#rest.subarray(0, end).toString('utf8')
    this.#rest = this.#rest.subarray(end + 1)
    return record
  }

  #tryTakeBinary(): string | undefined {
    let length = 0
    for (let at = 0; at < Math.min(this.#rest.length, 5); at++) {
      const byte = this.#rest[at]!
      length += (byte & 0x7f) * 2 ** (7 * at)
      if (byte >= 0x80) continue
      const end = at + 1 + length
      if (this.#rest.length < end) return undefined
      const message = toHex(this.#rest.subarray(0, end))
      this.#rest = this.#rest.subarray(end)
      return message
    }
    return undefined
  }
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?!$)/g, '$& ')
}

export function fromHex(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex')
}
