import type { Chain } from '../outbox/chain.js'
import type { OutboxSink } from '../outbox/outbox.js'

/** Takes what an outbox writes, and is as slow as a test says. */
export class RecordingSink implements OutboxSink {
  readonly writes: string[] = []
  /** While it is slow it takes bytes and says false; they count as buffered. */
  isSlow = false
  bufferedBytes = 0

  get text(): string {
    return this.writes.join('')
  }

  write(chain: Chain): boolean {
    return this.#take(Buffer.from(chain.bytes).toString(), chain.length)
  }

  #take(text: string, length: number): boolean {
    this.writes.push(text)
    if (this.isSlow) this.bufferedBytes += length
    return !this.isSlow
  }

  /** One that takes text as it is. */
  static forText(): RecordingSink & { readonly texts: readonly string[] } {
    const texts: string[] = []
    const sink = new RecordingSink()
    const writeText = (text: string) => {
      texts.push(text)
      return sink.#take(text, Buffer.byteLength(text))
    }
    return Object.assign(sink, { texts, writeText })
  }
}
