import type { ResolvedConnectionOptions } from '../life/connection-options.js'
import { Chain } from './chain.js'
import { encodeUtf8 } from './encode-utf8.js'
import type { OutboxScheduler } from './outbox-scheduler.js'

export type OutboxLimits = Pick<ResolvedConnectionOptions, 'maximumPendingSendBytes' | 'transportMaxBufferSizeBytes'>

/** Where an outbox empties itself: a WebSocket, an event stream, a waiting poll. */
export interface OutboxSink {
  /**
   * Takes everything pending.
   * @returns false when the peer is slow: the outbox then waits for `resume`.
   */
  write(chain: Chain): boolean
  /** The same when everything pending is text; absent where bytes are needed in any case. */
  writeText?(text: string): boolean
  /** Bytes written that the peer has not taken; asked only after a write said false. */
  readonly bufferedBytes: number
}

/** The connection whose outbox it is. */
export interface OutboxOwner {
  readonly outboxScheduler: OutboxScheduler
  readonly outboxLimits: OutboxLimits
  /** The peer is owed too much. */
  onOutboxOverflow(pendingBytes: number): void
}

/**
 * Text becomes bytes when it has grown so far. Until then it is a tree of its parts: more of them would outlive a young
 * collection of the heap, which costs more than a few encodings do (a stream of small items: by a tenth at 16 KiB).
 */
const longestText = 1024

/**
 * The one way out of a connection. Messages are appended by reference and leave once per turn of the event loop in one
 * write; while the peer is slow they wait here. See docs/adr/0002-one-way-out.md.
 */
export class Outbox {
  #tail: Chain | undefined
  /**
   * Behind the tail: messages of this connection alone, joined as text, since one encoding of many costs less than many
   * encodings.
   */
  #text = ''
  #sink: OutboxSink | undefined
  #scheduled = false
  #scheduledAsShared = false
  #slow = false
  #closed = false
  /** Bytes the sink holds while it is slow. */
  #sinkBytes = 0
  #stalledBeats = 0
  #waiters: (() => void)[] | undefined
  readonly #owner: OutboxOwner

  constructor(owner: OutboxOwner) {
    this.#owner = owner
  }

  /** Outbox plus socket. */
  get pendingBytes(): number {
    return (this.#tail === undefined ? 0 : this.#tail.length) + this.#text.length + this.#sinkBytes
  }

  /** Called once a second. @returns how many heartbeats in a row the peer has taken nothing of what it is owed. */
  onHeartbeat(): number {
    if (!this.#slow) return 0
    return ++this.#stalledBeats
  }

  append(piece: Uint8Array): void {
    if (piece.length === 0 || !this.#admits()) return
    this.#encodeText()
    this.#tail = Chain.append(this.#tail, piece)
    this.#schedule()
  }

  /**
   * The same for what goes to many connections: it may leave a little later, together with more. See `OutboxScheduler`.
   */
  appendShared(piece: Uint8Array): void {
    if (piece.length === 0 || !this.#admits()) return
    this.#encodeText()
    this.#tail = Chain.append(this.#tail, piece)
    if (this.#scheduledAsShared) this.#owner.outboxScheduler.countShared()
    else if (!this.#scheduled && !this.#slow && this.#sink !== undefined) {
      this.#scheduledAsShared = true
      this.#owner.outboxScheduler.addShared(this)
    }
  }

  /** For what goes to this connection alone. */
  appendText(text: string): void {
    if (!this.#admits()) return
    this.#text += text
    if (this.#text.length > longestText) this.#encodeText()
    this.#schedule()
  }

  /** A transport is there: what waits goes out with this turn. */
  attach(sink: OutboxSink): void {
    this.#sink = sink
    this.#slow = false
    this.#sinkBytes = 0
    if (this.#tail !== undefined || this.#text !== '') this.#schedule()
  }

  /** The transport is gone, or between two polls; what comes waits. */
  detach(): void {
    this.#sink = undefined
    this.#slow = false
    this.#sinkBytes = 0
  }

  /** Writes what is pending, unless the peer is slow. */
  flush(): void {
    this.#scheduled = false
    if (!this.#slow) this.#write()
  }

  /** `flush` for one that was scheduled for a shared message. */
  flushShared(): void {
    this.#scheduledAsShared = false
    if (!this.#slow) this.#write()
  }

  /** Writes what is pending even to a slow peer: the last bytes before the end. */
  flushFinally(): void {
    this.#write()
  }

  /** The peer has taken something. */
  resume(): void {
    if (!this.#slow || this.#sink === undefined) return
    this.#stalledBeats = 0
    this.#sinkBytes = this.#sink.bufferedBytes
    if (this.#sinkBytes === 0) {
      this.#slow = false
      this.#write()
    }
    this.#releaseWaiters()
  }

  /** What waits is dropped: its socket is gone, and it will be sent again on another. */
  clear(): void {
    this.detach()
    this.#tail = undefined
    this.#text = ''
    this.#releaseWaiters()
  }

  /** Nothing goes out any more and nothing is kept. */
  close(): void {
    this.#closed = true
    this.#tail = undefined
    this.#text = ''
    this.#sink = undefined
    this.#sinkBytes = 0
    this.#releaseWaiters()
  }

  /** The peer has taken so little that whoever goes at its pace would wait. */
  get isCongested(): boolean {
    const mark = this.#owner.outboxLimits.transportMaxBufferSizeBytes
    return mark !== 0 && this.pendingBytes >= mark && !this.#closed
  }

  /**
   * For a sender who wants to go no faster than the peer reads.
   * @returns undefined while little is pending, else a promise that resolves once half of the mark has gone (or all is
   * lost).
   */
  drained(): Promise<void> | undefined {
    if (!this.isCongested) return undefined
    return new Promise(resolve => {
      this.#waiters ??= []
      this.#waiters.push(resolve)
    })
  }

  /** @returns false when nothing may be added: it is closed, or the peer is owed too much, which its owner is told. */
  #admits(): boolean {
    if (this.#closed) return false
    const limit = this.#owner.outboxLimits.maximumPendingSendBytes
    // Counted before the message is added, so that one large message to an idle peer is never the reason to cut it.
    if (this.pendingBytes < limit || (this.#tail === undefined && this.#text === '')) return true
    this.flush()
    if (this.pendingBytes < limit) return !this.#closed
    this.#owner.onOutboxOverflow(this.pendingBytes)
    return false
  }

  #schedule(): void {
    if (this.#scheduled || this.#slow || this.#sink === undefined) return
    this.#scheduled = true
    this.#owner.outboxScheduler.add(this)
  }

  #encodeText(): void {
    if (this.#text === '') return
    this.#tail = Chain.appendOwn(this.#tail, encodeUtf8(this.#text))
    this.#text = ''
  }

  #write(): void {
    const sink = this.#sink
    if (sink === undefined) return
    if (this.#tail === undefined && sink.writeText !== undefined) {
      const text = this.#text
      if (text === '') return
      this.#text = ''
      this.#onWritten(sink, sink.writeText(text))
      return
    }
    this.#encodeText()
    const chain = this.#tail
    if (chain === undefined) return
    this.#tail = undefined
    this.#onWritten(sink, sink.write(chain))
  }

  #onWritten(sink: OutboxSink, isFast: boolean): void {
    if (!isFast && this.#sink === sink) {
      this.#slow = true
      this.#stalledBeats = 0
      this.#sinkBytes = sink.bufferedBytes
    }
    if (this.#waiters !== undefined) this.#releaseWaiters()
  }

  #releaseWaiters(): void {
    if (this.#waiters === undefined || this.pendingBytes > this.#owner.outboxLimits.transportMaxBufferSizeBytes / 2)
      return
    const waiters = this.#waiters
    this.#waiters = undefined
    for (const release of waiters) release()
  }
}
