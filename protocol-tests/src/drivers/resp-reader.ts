/** The items of an array; anything that is no array is one item, the line it came in. */
export type RespReply = readonly Buffer[]

/**
 * The part of RESP2 that a subscriber hears: arrays of bulk strings and integers, and the line of an error.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
export class RespReader {
  #rest: Buffer = Buffer.alloc(0)
  #at = 0

  /** The replies that are complete with these bytes. An integer is its digits. */
  read(bytes: Buffer): RespReply[] {
    this.#rest = Buffer.concat([this.#rest, bytes])
    const replies: RespReply[] = []
    for (;;) {
      this.#at = 0
      const reply = this.#tryReadReply()
      if (reply === undefined) return replies
      this.#rest = this.#rest.subarray(this.#at)
      replies.push(reply)
    }
  }

  #tryReadReply(): RespReply | undefined {
    const header = this.#tryReadLine()
    if (header === undefined) return undefined
    if (!header.startsWith('*')) return [Buffer.from(header)]
    const items: Buffer[] = []
    while (items.length < Number(header.slice(1))) {
      const item = this.#tryReadItem()
      if (item === undefined) return undefined
      items.push(item)
    }
    return items
  }

  #tryReadItem(): Buffer | undefined {
    const header = this.#tryReadLine()
    if (header === undefined) return undefined
    if (!header.startsWith('$')) return Buffer.from(header.slice(1))
    const end = this.#at + Number(header.slice(1))
    if (this.#rest.length < end + 2) return undefined
    const item = this.#rest.subarray(this.#at, end)
    this.#at = end + 2
    return item
  }

  #tryReadLine(): string | undefined {
    const end = this.#rest.indexOf('\r\n', this.#at)
    if (end < 0) return undefined
    const line = this.#rest.toString('latin1', this.#at, end)
    this.#at = end + 2
    return line
  }
}
