import { turn } from '@signalbox/conformance'
import { expect } from 'chai'
import { RecordingSink } from '../testing/recording-sink.js'
import { Outbox } from './outbox.js'
import { OutboxScheduler } from './outbox-scheduler.js'

describe('OutboxScheduler', () => {
  const owner = {
    outboxScheduler: new OutboxScheduler(() => 0, 0),
    outboxLimits: { maximumPendingSendBytes: 1000, transportMaxBufferSizeBytes: 100 },
    onOutboxOverflow() {},
  }

  function outboxTo(sink: RecordingSink): Outbox {
    const outbox = new Outbox(owner)
    outbox.attach(sink)
    return outbox
  }

  it('empties every outbox that got something, in one turn', async () => {
    const sinks = [new RecordingSink(), new RecordingSink(), new RecordingSink()]
    const outboxes = sinks.map(outboxTo)
    const piece = Buffer.from('a')
    for (const outbox of outboxes) outbox.append(piece)
    await turn()

    expect(sinks.map(sink => sink.text)).to.deep.equal(['a', 'a', 'a'])
  })

  it('leaves what is sent while it empties outboxes to the next turn', async () => {
    const sink = new RecordingSink()
    const outbox = outboxTo(sink)
    class EchoingSink extends RecordingSink {
      override write(chain: Parameters<RecordingSink['write']>[0]): boolean {
        outbox.append(chain.bytes)
        return super.write(chain)
      }
    }
    outboxTo(new EchoingSink()).append(Buffer.from('a'))
    await turn()
    const afterOneTurn = sink.text
    await turn()

    expect([afterOneTurn, sink.text]).to.deep.equal(['', 'a'])
  })

  it('gives receivers with one history one array', async () => {
    const arrays: Uint8Array[] = []
    class ArraySink extends RecordingSink {
      override write(chain: Parameters<RecordingSink['write']>[0]): boolean {
        arrays.push(chain.bytes)
        return true
      }
    }
    const outboxes = [new ArraySink(), new ArraySink(), new ArraySink()].map(outboxTo)
    for (const piece of [Buffer.from('a'), Buffer.from('b')]) for (const outbox of outboxes) outbox.append(piece)
    await turn()

    expect(arrays.length).to.equal(3)
    expect(new Set(arrays).size).to.equal(1)
  })

  describe('messages to many', () => {
    const maximumBroadcastDelayMs = 15
    let now: number
    let rests: number[]
    let endRest: () => void
    let sinks: RecordingSink[]
    let outboxes: Outbox[]

    function serve(count: number, longestMs = maximumBroadcastDelayMs): void {
      now = 1000
      rests = []
      const after = (run: () => void, delayMs: number) => {
        rests.push(delayMs)
        endRest = run
      }
      const outboxScheduler = new OutboxScheduler(() => now, longestMs, after)
      sinks = Array.from({ length: count }, () => new RecordingSink())
      outboxes = sinks.map(sink => {
        const outbox = new Outbox({ ...owner, outboxScheduler })
        outbox.attach(sink)
        return outbox
      })
    }

    async function broadcast(...texts: readonly string[]): Promise<void> {
      for (const text of texts) {
        const piece = Buffer.from(text)
        for (const outbox of outboxes) outbox.appendShared(piece)
      }
      await turn()
    }

    it('leave with their turn after a while without any', async () => {
      serve(1000)
      await broadcast('a')
      now += 5
      await broadcast('b')

      expect(sinks.map(sink => sink.writes)).to.deep.equal(sinks.map(() => ['a', 'b']))
      expect(rests).to.deep.equal([])
    })

    it('share one write when they come sooner', async () => {
      serve(1000)
      await broadcast('a')
      await broadcast('b')
      await broadcast('c')
      expect(sinks[0]!.writes).to.deep.equal(['a'])
      endRest()

      expect(sinks.map(sink => sink.writes)).to.deep.equal(sinks.map(() => ['a', 'bc']))
    })

    it('wait for nothing but what is left of the rest', async () => {
      serve(1000)
      await broadcast('a')
      now += 2
      await broadcast('b')

      expect(rests).to.deep.equal([3])
    })

    for (const [receivers, restMs] of [
      [50, 1],
      [100, 2],
      [250, 5],
      [1000, 5],
    ] as const) {
      it(`rest ${restMs} ms after ${receivers} were written to`, async () => {
        serve(receivers)
        await broadcast('a')
        await broadcast('b')

        expect(rests).to.deep.equal([restMs])
      })
    }

    it('rest twice as long, to the limit, each time a write took several of them', async () => {
      serve(100)
      await broadcast('a')
      for (let write = 0; write < 5; write++) {
        await broadcast('b', 'c')
        endRest()
      }

      expect(rests).to.deep.equal([2, 4, 8, 15, 15])
    })

    it('rest as at first once a write took one of them', async () => {
      serve(100)
      await broadcast('a')
      await broadcast('b', 'c')
      endRest()
      await broadcast('d')
      endRest()
      await broadcast('e')

      expect(rests).to.deep.equal([2, 4, 2])
    })

    it('never rest after fewer than 50 were written to', async () => {
      serve(49)
      await broadcast('a')
      await broadcast('b')

      expect(rests).to.deep.equal([])
    })

    it('never rest where that is not wanted', async () => {
      serve(1000, 0)
      await broadcast('a')
      await broadcast('b')

      expect(rests).to.deep.equal([])
      expect(sinks[0]!.writes).to.deep.equal(['a', 'b'])
    })

    it('leave, in order, with an answer, which never waits', async () => {
      serve(1000)
      await broadcast('a')
      await broadcast('b')
      outboxes[0]!.appendText('answer')
      outboxes[1]!.append(Buffer.from('answer'))
      await turn()
      await broadcast('c')
      endRest()

      expect(sinks.slice(0, 3).map(sink => sink.writes)).to.deep.equal([
        ['a', 'banswer', 'c'],
        ['a', 'banswer', 'c'],
        ['a', 'bc'],
      ])
    })
  })
})
