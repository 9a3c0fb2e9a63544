import { expect } from 'chai'
import { InboundQueue } from './inbound-queue.js'

/** Of JavaScript's heap and of what Buffers hold, garbage of this test included. */
function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

describe('InboundQueue', () => {
  /** Whom the queue has let go, and whether the connection was open then. */
  let released: boolean[]
  const proceed = (isOpen: boolean): void => {
    released.push(isOpen)
  }

  beforeEach(() => {
    released = []
  })

  function queueOf(maximumBytes: number, ...lengths: number[]): InboundQueue {
    const queue = new InboundQueue(maximumBytes)
    for (const length of lengths) queue.push(Buffer.alloc(length))
    return queue
  }

  it('gives back in order what was put in', () => {
    const queue = new InboundQueue(10)
    queue.push(Buffer.from('a'))
    queue.push(Buffer.from('b'))

    expect([queue.shift(), queue.shift(), queue.shift()].map(String)).to.deep.equal(['a', 'b', 'undefined'])
  })

  it('keeps a copy, since the memory belongs to the host', () => {
    const queue = new InboundQueue(10)
    const bytes = Buffer.from('a')
    queue.push(bytes)
    bytes.fill(0)

    expect(String(queue.shift())).to.equal('a')
  })

  it('gives back each piece as it came, whatever their sizes, also while more come', () => {
    const queue = new InboundQueue(10)
    const pieces = Array.from({ length: 1_000 }, (_, index) => Buffer.alloc(1 + ((index * 37) % 700), index))
    const taken: (Buffer | undefined)[] = []
    for (const [index, piece] of pieces.entries()) {
      queue.push(piece)
      if (index % 3 === 0) taken.push(queue.shift())
    }
    while (taken.length < pieces.length) taken.push(queue.shift())

    expect(taken.every((piece, index) => piece?.equals(pieces[index]!) === true)).to.equal(true)
    expect([queue.length, queue.shift()]).to.deep.equal([0, undefined])
  })

  it('takes little more memory than their bytes for many small pieces', () => {
    const queue = new InboundQueue(10)
    const piece = Buffer.of(1) // the same one each time: garbage of the test's own would be measured too
    const before = usedBytes()
    for (let count = 0; count < 300_000; count++) queue.push(piece)

    // An array each would take 30 MB. What the lists have left behind as they grew counts too, if it was not collected.
    expect(usedBytes() - before).to.be.below(20_000_000)
    expect(queue.length).to.equal(300_000)
  })

  it('keeps nothing of an empty piece', () => {
    expect(queueOf(10, 0, 0).shift()).to.equal(undefined)
  })

  it('counts the bytes that wait', () => {
    const queue = queueOf(10, 2, 3)
    queue.shift()

    expect(queue.length).to.equal(3)
  })

  it('lets a sender go at once one byte below the mark', () => {
    queueOf(10, 9).whenRoom(proceed)

    expect(released).to.deep.equal([true])
  })

  it('holds a sender at the mark', () => {
    queueOf(10, 10).whenRoom(proceed)

    expect(released).to.deep.equal([])
  })

  it('lets senders go once it has been read down to half', () => {
    const queue = queueOf(10, 5, 5)
    queue.whenRoom(proceed)
    queue.whenRoom(proceed)
    queue.shift()

    expect(released).to.deep.equal([true, true])
  })

  it('goes on holding them above half', () => {
    const queue = queueOf(10, 4, 6)
    queue.whenRoom(proceed)
    queue.shift()

    expect(released).to.deep.equal([])
  })

  it('tells those it holds when the connection has ended', () => {
    const queue = queueOf(10, 10)
    queue.whenRoom(proceed)
    queue.abandon()

    expect(released).to.deep.equal([false])
  })

  it('keeps nothing after the end', () => {
    const queue = queueOf(10, 10)
    queue.abandon()

    expect([queue.length, queue.shift()]).to.deep.equal([0, undefined])
  })
})
