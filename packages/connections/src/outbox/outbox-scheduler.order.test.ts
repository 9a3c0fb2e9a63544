import { turn } from '@signalbox/conformance'
import { expect } from 'chai'
import fc from 'fast-check'
import { RecordingSink } from '../testing/recording-sink.js'
import { Outbox } from './outbox.js'
import { OutboxScheduler } from './outbox-scheduler.js'

/** As few as there have to be for a rest. */
const receivers = 50

const receiver = fc.nat(receivers - 1)
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('broadcast' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('text' as const, 'bytes' as const), receiver }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('slow' as const, 'drain' as const), receiver }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('endRest' as const) }) },
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

/** Connections that get messages to all of them and messages to one, while sockets are slow and broadcasts rest. */
class Room {
  readonly sinks = Array.from({ length: receivers }, (_, index) =>
    index % 3 === 0 ? RecordingSink.forText() : new RecordingSink(),
  )
  /** What each was sent, in order. */
  readonly sent = this.sinks.map(() => '')
  /** Senders who wait for their receiver. */
  readonly waiting = new Set<Promise<void>>()
  restCount = 0
  readonly #outboxes: readonly Outbox[]
  #resting: (() => void) | undefined
  #number = 0

  constructor() {
    const outboxScheduler = new OutboxScheduler(
      () => 0, // every rest lasts until it is ended
      10,
      run => {
        this.restCount++
        this.#resting = run
      },
    )
    const outboxLimits = { maximumPendingSendBytes: Infinity, transportMaxBufferSizeBytes: 20 }
    this.#outboxes = this.sinks.map(sink => {
      const outbox = new Outbox({ outboxScheduler, outboxLimits, onOutboxOverflow() {} })
      outbox.attach(sink)
      return outbox
    })
  }

  async play(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'broadcast': {
        const text = `all${this.#number++};`
        const piece = Buffer.from(text)
        for (const [index, outbox] of this.#outboxes.entries()) {
          outbox.appendShared(piece)
          this.sent[index] += text
        }
        return
      }
      case 'text':
      case 'bytes':
        return this.#sendToOne(operation.kind, operation.receiver)
      case 'slow':
        this.sinks[operation.receiver]!.isSlow = true
        return
      case 'drain':
        return this.#drain(operation.receiver)
      case 'turn':
        return turn()
      case 'endRest':
        return this.#endRest()
    }
  }

  /** Every socket drains, every rest ends. */
  async settle(): Promise<void> {
    for (const index of this.sinks.keys()) this.#drain(index)
    await turn()
    this.#endRest()
    await turn()
  }

  #endRest(): void {
    const resting = this.#resting
    this.#resting = undefined
    resting?.()
  }

  #sendToOne(kind: 'text' | 'bytes', index: number): void {
    const outbox = this.#outboxes[index]!
    const text = `${kind}${this.#number++};`
    if (kind === 'text') outbox.appendText(text)
    else outbox.append(Buffer.from(text))
    this.sent[index] += text
    const drained = outbox.drained()
    if (drained === undefined) return
    this.waiting.add(drained)
    void drained.then(() => this.waiting.delete(drained))
  }

  #drain(index: number): void {
    const sink = this.sinks[index]!
    sink.isSlow = false
    sink.bufferedBytes = 0
    this.#outboxes[index]!.resume()
  }
}

describe('OutboxScheduler, resting between broadcasts', () => {
  it('lets every receiver have all its messages in order, and every sender go on', async () => {
    let rests = 0
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 20, maxLength: 80 }), async operations => {
        const room = new Room()
        for (const operation of operations) await room.play(operation)
        await room.settle()

        expect(room.sinks.map(({ text }) => text)).to.deep.equal(room.sent)
        expect(room.waiting.size).to.equal(0)
        rests += room.restCount
      }),
      { seed: 20_261_124, numRuns: 200 },
    )
    expect(rests).to.be.above(200)
  })
})
