import type { Chain } from '../chain.js'
import type { OutboxSink } from '../outbox.js'

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
    this.writes.push(Buffer.from(chain.bytes).toString())
    if (this.isSlow) this.bufferedBytes += chain.length
    return !this.isSlow
  }
}
