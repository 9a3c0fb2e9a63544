import { expect } from 'chai'
import { Outbox } from './outbox.js'
import { OutboxScheduler } from './outbox-scheduler.js'
import { RecordingSink } from './testing/recording-sink.js'
import { turn } from './testing/turn.js'

describe('OutboxScheduler', () => {
  const owner = {
    outboxScheduler: new OutboxScheduler(),
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
})
