import { Chain } from './chain.js'

/** What is emptied when its time has come: an `Outbox`. */
export interface ScheduledOutbox {
  flush(): void
  /** `flush` for one that was scheduled for a shared message. */
  flushShared(): void
}

/** Writing to fewer costs too little to make anybody wait for it. */
const fewestToRestAfter = 50
/** A write takes 3 to 7 µs. */
const restMsPerReceiver = 0.02
/** The first rest, as a part of the longest. */
const firstRest = 1 / 3

type After = (run: () => void, delayMs: number) => void

/**
 * Empties the outboxes that got something, once per turn of the event loop: `setImmediate` runs after every socket that
 * was ready has been read, so all messages of the turn leave in one write per connection.
 *
 * After it has written to many for the sake of messages to many, it rests before it does so again: what comes meanwhile
 * shares the next write, which costs little more than for one of them. See docs/adr/0005-broadcasts-share-writes.md.
 */
export class OutboxScheduler {
  #due: ScheduledOutbox[] = []
  #shared: ScheduledOutbox[] = []
  #spare: ScheduledOutbox[] = []
  /** Messages times receivers, since outboxes were last emptied for their sake. */
  #sharedMessages = 0
  #restMs = 0
  #sharedNotBefore = 0
  readonly #now: () => number
  readonly #longestRestMs: number
  readonly #after: After

  /** @param now - monotonic milliseconds. */
  constructor(now: () => number, maximumBroadcastDelayMs: number, after: After = setTimeout) {
    this.#now = now
    this.#longestRestMs = maximumBroadcastDelayMs
    this.#after = after
  }

  /** To be emptied with this turn. */
  add(outbox: ScheduledOutbox): void {
    if (this.#due.length === 0) setImmediate(this.#flushDue)
    this.#due.push(outbox)
  }

  /** One more message for an outbox that is to be emptied after the rest already. */
  countShared(): void {
    this.#sharedMessages++
  }

  /** To be emptied with this turn, or after the rest. */
  addShared(outbox: ScheduledOutbox): void {
    this.#sharedMessages++
    if (this.#shared.length === 0) {
      const restMs = this.#sharedNotBefore - this.#now()
      if (restMs > 0) this.#after(this.#flushShared, restMs)
      else setImmediate(this.#flushShared)
    }
    this.#shared.push(outbox)
  }

  readonly #flushDue = (): void => {
    const outboxes = this.#due
    this.#due = this.#spare
    for (const outbox of outboxes) outbox.flush()
    Chain.forgetBeginning()
    outboxes.length = 0
    this.#spare = outboxes
  }

  readonly #flushShared = (): void => {
    const outboxes = this.#shared
    this.#shared = []
    for (const outbox of outboxes) outbox.flushShared()
    Chain.forgetBeginning()
    this.#restMs = this.#nextRestMs(outboxes.length, this.#sharedMessages / outboxes.length)
    this.#sharedNotBefore = this.#now() + this.#restMs
    this.#sharedMessages = 0
  }

  /** Short, so that a burst is delayed by little; longer and longer while rests bear fruit. */
  #nextRestMs(receivers: number, messagesPerWrite: number): number {
    if (receivers < fewestToRestAfter) return 0
    const first = Math.min(receivers * restMsPerReceiver, this.#longestRestMs * firstRest)
    return messagesPerWrite < 2 ? first : Math.min(Math.max(2 * this.#restMs, first), this.#longestRestMs)
  }
}
