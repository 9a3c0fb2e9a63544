import { Chain } from './chain.js'
import type { ResolvedConnectionOptions } from './connection-options.js'
import type { OutboxScheduler } from './outbox-scheduler.js'

export type OutboxLimits = Pick<ResolvedConnectionOptions, 'maximumPendingSendBytes' | 'transportMaxBufferSizeBytes'>

/** Where an outbox empties itself: a WebSocket, an event stream, a waiting poll. */
export interface OutboxSink {
  /**
   * Takes everything pending.
   * @returns false when the peer is slow: the outbox then waits for `resume`.
   */
  write(chain: Chain): boolean
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
 * The one way out of a connection. Messages are appended by reference and leave once per turn of the event loop in one write;
 * while the peer is slow they wait here. See docs/adr/0002-one-way-out.md.
 */
export class Outbox {
  #tail: Chain | undefined
  #sink: OutboxSink | undefined
  #scheduled = false
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
    return (this.#tail === undefined ? 0 : this.#tail.length) + this.#sinkBytes
  }

  /** Called once a second. @returns how many heartbeats in a row the peer has taken nothing of what it is owed. */
  onHeartbeat(): number {
    if (!this.#slow) return 0
    return ++this.#stalledBeats
  }

  append(piece: Uint8Array): void {
    if (this.#closed || piece.length === 0) return
    const tail = this.#tail
    // Counted before the piece is added, so that one large message to an idle peer is never the reason to cut it.
    if (tail !== undefined && tail.length + this.#sinkBytes >= this.#owner.outboxLimits.maximumPendingSendBytes) {
      this.flush()
      if (this.pendingBytes >= this.#owner.outboxLimits.maximumPendingSendBytes) {
        this.#owner.onOutboxOverflow(this.pendingBytes)
        return
      }
      if (this.#closed) return
    }
    this.#tail = Chain.append(this.#tail, piece)
    if (!this.#scheduled && !this.#slow && this.#sink !== undefined) {
      this.#scheduled = true
      this.#owner.outboxScheduler.add(this)
    }
  }

  /** A transport is there: what waits goes out with this turn. */
  attach(sink: OutboxSink): void {
    this.#sink = sink
    this.#slow = false
    this.#sinkBytes = 0
    if (this.#tail !== undefined && !this.#scheduled) {
      this.#scheduled = true
      this.#owner.outboxScheduler.add(this)
    }
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
    this.#releaseWaiters()
  }

  /** Nothing goes out any more and nothing is kept. */
  close(): void {
    this.#closed = true
    this.#tail = undefined
    this.#sink = undefined
    this.#sinkBytes = 0
    this.#releaseWaiters()
  }

  /**
   * For a sender who wants to go no faster than the peer reads.
   * @returns undefined while little is pending, else a promise that resolves once half of the mark has gone (or all is lost).
   */
  drained(): Promise<void> | undefined {
    const mark = this.#owner.outboxLimits.transportMaxBufferSizeBytes
    if (mark === 0 || this.pendingBytes < mark || this.#closed) return undefined
    return new Promise(resolve => {
      this.#waiters ??= []
      this.#waiters.push(resolve)
    })
  }

  #write(): void {
    const chain = this.#tail
    const sink = this.#sink
    if (chain === undefined || sink === undefined) return
    this.#tail = undefined
    if (!sink.write(chain) && this.#sink === sink) {
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
