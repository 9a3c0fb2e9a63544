import { turn } from '@signalbox/conformance'
import { expect } from 'chai'
import { OutboxReceiver } from '../testing/outbox-receiver.js'
import type { RecordingSink } from '../testing/recording-sink.js'
import type { Outbox } from './outbox.js'
import { OutboxScheduler } from './outbox-scheduler.js'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const some = (count: number): Uint8Array => Buffer.alloc(count, 'x')

describe('Outbox', () => {
  let scheduler: OutboxScheduler
  let receiver: OutboxReceiver
  let outbox: Outbox
  let sink: RecordingSink

  beforeEach(() => {
    scheduler = new OutboxScheduler(() => 0, 0)
    receiver = new OutboxReceiver(scheduler)
    ;({ outbox, sink } = receiver)
  })

  /** The peer takes one write and nothing after it. */
  async function stallBehind(piece: Uint8Array): Promise<void> {
    sink.isSlow = true
    outbox.append(piece)
    await turn()
  }

  describe('to a peer that reads', () => {
    it('writes nothing within the turn', () => {
      outbox.append(bytes('a'))

      expect(sink.writes).to.deep.equal([])
    })

    it('writes what a turn has brought in one write', async () => {
      for (const text of ['a', 'b', 'c']) outbox.append(bytes(text))
      await turn()

      expect(sink.writes).to.deep.equal(['abc'])
    })

    it('writes once per turn', async () => {
      outbox.append(bytes('a'))
      await turn()
      outbox.append(bytes('b'))
      await turn()

      expect(sink.writes).to.deep.equal(['a', 'b'])
    })

    it('has nothing pending after the turn', async () => {
      outbox.append(bytes('a'))
      await turn()

      expect(outbox.pendingBytes).to.equal(0)
    })

    it('passes one message larger than every limit', async () => {
      outbox.append(some(5000))
      await turn()

      expect(sink.text.length).to.equal(5000)
      expect(receiver.overflows).to.deep.equal([])
    })

    it('writes at once, rather than cutting it, when a turn brings more than the limit', async () => {
      for (let message = 0; message < 30; message++) outbox.append(some(100))
      await turn()

      expect(sink.text.length).to.equal(3000)
      expect(receiver.overflows).to.deep.equal([])
    })

    it('ignores an empty message', async () => {
      outbox.append(some(0))
      await turn()

      expect(sink.writes).to.deep.equal([])
    })
  })

  describe('to a slow peer', () => {
    it('writes nothing more', async () => {
      await stallBehind(bytes('a'))
      outbox.append(bytes('b'))
      await turn()

      expect(sink.writes).to.deep.equal(['a'])
    })

    it('writes all that waited, in order and in one write, once the peer has taken everything', async () => {
      await stallBehind(bytes('a'))
      for (const text of ['b', 'c', 'd']) outbox.append(bytes(text))

      sink.isSlow = false
      receiver.take(1)

      expect(sink.writes).to.deep.equal(['a', 'bcd'])
    })

    it('goes on waiting while the peer has not taken everything', async () => {
      await stallBehind(some(10))
      outbox.append(bytes('b'))

      receiver.take(9)

      expect(sink.writes.length).to.equal(1)
    })

    it('writes per turn again after that', async () => {
      await stallBehind(bytes('a'))
      sink.isSlow = false
      receiver.take(1)

      outbox.append(bytes('b'))
      await turn()

      expect(sink.writes).to.deep.equal(['a', 'b'])
    })

    it('counts what waits and what the sink holds', async () => {
      await stallBehind(some(10))
      outbox.append(some(5))

      expect(outbox.pendingBytes).to.equal(15)
    })

    it('writes its last bytes all the same when it ends', async () => {
      await stallBehind(bytes('a'))
      outbox.append(bytes('b'))

      outbox.flushFinally()

      expect(sink.text).to.equal('ab')
    })
  })

  describe('to a peer that takes nothing', () => {
    it('is cut once the limit is pending', async () => {
      await stallBehind(some(600))
      outbox.append(some(400))
      outbox.append(some(1))

      expect(receiver.overflows).to.deep.equal([1000])
    })

    it('is not cut one byte below the limit', async () => {
      await stallBehind(some(600))
      outbox.append(some(399))
      outbox.append(some(1))

      expect(receiver.overflows).to.deep.equal([])
    })

    it('writes no byte after the gap', async () => {
      await stallBehind(some(600))
      outbox.append(some(400))
      outbox.append(bytes('lost'))
      outbox.append(bytes('behind the gap'))
      sink.isSlow = false
      receiver.take(600)
      await turn()

      expect(sink.text.length).to.equal(600)
    })

    it('delays nobody else', async () => {
      const other = new OutboxReceiver(scheduler)
      await stallBehind(some(600))
      for (let message = 0; message < 10; message++) {
        const piece = some(100)
        outbox.append(piece)
        other.outbox.append(piece)
        await turn()
      }

      expect(receiver.overflows.length).to.equal(1)
      expect(other.sink.text.length).to.equal(1000)
    })

    it('costs references, not copies', async () => {
      const pieceBytes = 1 << 20
      const stalled = Array.from({ length: 100 }, () => new OutboxReceiver(scheduler, 1 << 30).outbox)
      for (const one of stalled) one.detach()
      const before = process.memoryUsage().arrayBuffers

      for (let message = 0; message < 10; message++) {
        const piece = Buffer.alloc(pieceBytes)
        for (const one of stalled) one.append(piece)
      }

      expect(stalled[99]!.pendingBytes).to.equal(10 * pieceBytes)
      expect(process.memoryUsage().arrayBuffers - before).to.be.below(12 * pieceBytes)
    })

    it('counts the heartbeats in which nothing was taken', async () => {
      await stallBehind(some(10))

      expect([outbox.onHeartbeat(), outbox.onHeartbeat()]).to.deep.equal([1, 2])
    })

    it('counts heartbeats from the start again when the peer takes a part', async () => {
      await stallBehind(some(10))
      outbox.onHeartbeat()
      receiver.take(1)

      expect(outbox.onHeartbeat()).to.equal(1)
    })

    it('counts no heartbeats while the peer owes nothing', () => {
      outbox.onHeartbeat()

      expect(outbox.onHeartbeat()).to.equal(0)
    })
  })

  describe('without a transport', () => {
    it('keeps what comes and writes it with the turn in which one attaches', async () => {
      outbox.detach()
      outbox.append(bytes('a'))
      outbox.append(bytes('b'))
      await turn()

      outbox.attach(sink)
      await turn()

      expect(sink.writes).to.deep.equal(['ab'])
    })

    it('writes nothing to a transport that went away within the turn', async () => {
      outbox.append(bytes('a'))
      outbox.detach()
      await turn()

      expect(sink.writes).to.deep.equal([])
    })

    it('is cut once the limit is pending', () => {
      outbox.detach()
      outbox.append(some(1000))
      outbox.append(some(1))

      expect(receiver.overflows).to.deep.equal([1000])
    })
  })

  describe('drained', () => {
    it('is undefined while little is pending', () => {
      outbox.append(some(99))

      expect(outbox.drained()).to.equal(undefined)
    })

    it('resolves once half of the mark is pending', async () => {
      await stallBehind(some(150))
      const drained = outbox.drained()!

      receiver.take(100)

      await drained
    })

    it('waits while more than half of the mark is pending', async () => {
      await stallBehind(some(150))
      let isDrained = false
      void outbox.drained()!.then(() => {
        isDrained = true
      })

      receiver.take(99)
      await turn()

      expect(isDrained).to.equal(false)
    })

    it('resolves when the turn takes everything', async () => {
      outbox.append(some(100))

      await outbox.drained()
    })

    it('resolves when the connection closes', async () => {
      await stallBehind(some(150))
      const drained = outbox.drained()!

      outbox.close()

      await drained
    })

    it('is undefined after the end', async () => {
      await stallBehind(some(150))
      outbox.close()

      expect(outbox.drained()).to.equal(undefined)
    })
  })

  describe('congestion', () => {
    it('begins at the mark', async () => {
      await stallBehind(some(99))
      const before = outbox.isCongested

      outbox.append(some(1))

      expect([before, outbox.isCongested]).to.deep.equal([false, true])
    })

    it('is over as soon as less than the mark is pending', async () => {
      await stallBehind(some(100))

      receiver.take(1)

      expect(outbox.isCongested).to.equal(false)
    })

    it('is over after the end', async () => {
      await stallBehind(some(100))

      outbox.close()

      expect(outbox.isCongested).to.equal(false)
    })
  })

  it('keeps and writes nothing after the end', async () => {
    outbox.append(bytes('a'))
    outbox.close()
    outbox.append(bytes('b'))
    await turn()

    expect(sink.writes).to.deep.equal([])
    expect(outbox.pendingBytes).to.equal(0)
  })
})
