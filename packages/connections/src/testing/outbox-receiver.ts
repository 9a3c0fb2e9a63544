import { Outbox, type OutboxLimits, type OutboxOwner } from '../outbox/outbox.js'
import type { OutboxScheduler } from '../outbox/outbox-scheduler.js'
import { RecordingSink } from './recording-sink.js'

/** A connection reduced to what its outbox sees of it. */
export class OutboxReceiver implements OutboxOwner {
  readonly outboxScheduler: OutboxScheduler
  readonly outboxLimits: OutboxLimits
  readonly sink = new RecordingSink()
  readonly overflows: number[] = []
  readonly outbox: Outbox

  constructor(scheduler: OutboxScheduler, maximumPendingSendBytes = 1000) {
    this.outboxScheduler = scheduler
    this.outboxLimits = { maximumPendingSendBytes, transportMaxBufferSizeBytes: 100 }
    this.outbox = new Outbox(this)
    this.outbox.attach(this.sink)
  }

  onOutboxOverflow(pendingBytes: number): void {
    this.overflows.push(pendingBytes)
    this.outbox.close()
  }

  /** The peer has taken some of what the sink holds. */
  take(count: number): void {
    this.sink.bufferedBytes -= count
    this.outbox.resume()
  }
}
