import { turn } from '@signalbox/conformance'
import { expect } from 'chai'
import { OutboxReceiver } from '../testing/outbox-receiver.js'
import { RecordingSink } from '../testing/recording-sink.js'
import type { Outbox } from './outbox.js'
import { OutboxScheduler } from './outbox-scheduler.js'

const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('Outbox, text', () => {
  let scheduler: OutboxScheduler
  let receiver: OutboxReceiver
  let outbox: Outbox
  let sink: RecordingSink

  beforeEach(() => {
    scheduler = new OutboxScheduler(() => 0, 0)
    receiver = new OutboxReceiver(scheduler)
    ;({ outbox, sink } = receiver)
  })

  it('writes text and bytes in the order they came', async () => {
    outbox.appendText('a')
    outbox.append(bytes('b'))
    outbox.appendText('c')
    outbox.appendText('\u20ac')
    outbox.append(bytes('d'))
    await turn()

    expect(sink.writes).to.deep.equal(['abc\u20acd'])
    expect(outbox.pendingBytes).to.equal(0)
  })

  it('hands text over as it is to a sink that takes it', async () => {
    const textSink = RecordingSink.forText()
    outbox.attach(textSink)
    outbox.appendText('a')
    outbox.appendText('\u20ac')
    await turn()

    expect(textSink.texts).to.deep.equal(['a\u20ac'])
    expect(outbox.pendingBytes).to.equal(0)
  })

  it('writes text beside bytes as bytes, in order, also to a sink that takes text', async () => {
    const textSink = RecordingSink.forText()
    outbox.attach(textSink)
    outbox.appendText('a')
    outbox.append(bytes('b'))
    outbox.appendText('c')
    await turn()

    expect(textSink.texts).to.deep.equal([])
    expect(textSink.writes).to.deep.equal(['abc'])
  })

  it('waits with text, as with bytes, until a slow peer has taken everything', async () => {
    const textSink = RecordingSink.forText()
    outbox.attach(textSink)
    textSink.isSlow = true
    outbox.appendText('a')
    await turn()
    outbox.appendText('b')
    await turn()
    expect(textSink.texts).to.deep.equal(['a'])
    textSink.isSlow = false
    textSink.bufferedBytes = 0
    outbox.resume()

    expect(textSink.texts).to.deep.equal(['a', 'b'])
  })

  it('writes long and short text in the order they came', async () => {
    const texts = ['a', 'b'.repeat(1500), 'c', '\u20ac'.repeat(3000), 'd']
    const generous = new OutboxReceiver(scheduler, 100_000)
    for (const text of texts) generous.outbox.appendText(text)
    await turn()

    expect(generous.sink.writes).to.deep.equal([texts.join('')])
  })

  it('is cut once as much text is pending', async () => {
    sink.isSlow = true
    outbox.append(Buffer.alloc(600, 'x'))
    await turn()
    outbox.appendText('x'.repeat(400))
    outbox.appendText('x')
    outbox.append(bytes('behind the gap'))

    expect(receiver.overflows).to.deep.equal([1000])
  })
})
