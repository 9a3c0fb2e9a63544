import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { MessageBuffer } from './message-buffer.js'

/** A message of as many bytes as its name says, so that a test can reckon. */
const piece = (bytes: number) => Buffer.alloc(bytes, `${bytes % 10}`)

const gap = "Sequence ID greater than amount of messages we've received."

async function isWaiting(wait: Promise<void> | undefined): Promise<boolean> {
  if (wait === undefined) return false
  return Promise.race([wait.then(() => false), turn(true)])
}

describe('MessageBuffer', () => {
  describe('of what was sent', () => {
    function filled(...sizes: number[]) {
      const buffer = new MessageBuffer(1_000, 1_000)
      const pieces = sizes.map(piece)
      for (const each of pieces) buffer.push(each)
      return { buffer, pieces }
    }

    it('begins a replay with number 1 when nothing was sent', () => {
      const { buffer } = filled()
      expect(buffer.resumeId).to.equal(1)
      expect(buffer.unacknowledged).to.deep.equal([])
    })

    it('keeps the very bytes that were sent, in order', () => {
      const { buffer, pieces } = filled(1, 2, 3)
      expect(buffer.resumeId).to.equal(1)
      for (const [index, kept] of buffer.unacknowledged.entries()) expect(kept).to.equal(pieces[index])
      expect(buffer.unacknowledged).to.have.lengthOf(3)
    })

    it('lets go of what is acknowledged', () => {
      const { buffer, pieces } = filled(1, 2, 3)
      buffer.acknowledge(2)
      expect(buffer.resumeId).to.equal(3)
      expect(buffer.unacknowledged).to.deep.equal([pieces[2]])
    })

    it('begins a replay with the next number when all is acknowledged', () => {
      const { buffer } = filled(1, 2, 3)
      buffer.acknowledge(3)
      expect(buffer.resumeId).to.equal(4)
      expect(buffer.unacknowledged).to.deep.equal([])
    })

    it('ignores an acknowledgement of what is gone already, and one of nothing', () => {
      const { buffer } = filled(1, 2, 3)
      buffer.acknowledge(2)
      for (const sequenceId of [2, 1, 0, -1]) buffer.acknowledge(sequenceId)
      expect(buffer.resumeId).to.equal(3)
      expect(buffer.unacknowledged).to.have.lengthOf(1)
    })

    it('takes an acknowledgement beyond what was sent for one of all, and no more', () => {
      const { buffer } = filled(1, 2, 3)
      buffer.acknowledge(5)
      expect(buffer.resumeId).to.equal(4)
      const next = [piece(4), piece(5), piece(6)]
      for (const each of next) buffer.push(each)
      expect(buffer.resumeId).to.equal(4)
      expect(buffer.unacknowledged).to.deep.equal(next)
    })
  })

  describe('at its capacity', () => {
    it('lets nobody wait while there is room', () => {
      const buffer = new MessageBuffer(10, 100)
      buffer.push(piece(10))
      expect(buffer.drained()).to.equal(undefined)
    })

    it('lets senders wait beyond it, until acknowledgements bring it below', async () => {
      const buffer = new MessageBuffer(10, 100)
      for (const size of [6, 4, 6]) buffer.push(piece(size))
      const wait = buffer.drained()
      expect(await isWaiting(wait)).to.equal(true)
      buffer.acknowledge(1) // 10 bytes are left, which is not below
      expect(await isWaiting(wait)).to.equal(true)
      buffer.acknowledge(2)
      expect(await isWaiting(wait)).to.equal(false)
      expect(buffer.drained()).to.equal(undefined)
    })

    it('is congested beyond it', () => {
      const buffer = new MessageBuffer(10, 100)
      buffer.push(piece(10))
      const before = buffer.isCongested
      buffer.push(piece(1))
      expect([before, buffer.isCongested]).to.deep.equal([false, true])
    })

    it('releases all who wait when no acknowledgement can come', async () => {
      const buffer = new MessageBuffer(10, 100)
      buffer.push(piece(11))
      const waits = [buffer.drained(), buffer.drained()]
      buffer.releaseWaiters()
      await Promise.all(waits)
    })

    it('releases all who wait', async () => {
      const buffer = new MessageBuffer(10, 100)
      buffer.push(piece(11))
      const waits = [buffer.drained(), buffer.drained()]
      buffer.acknowledge(1)
      await Promise.all(waits)
    })

    it('releases all who wait at its end, and keeps nothing', async () => {
      const buffer = new MessageBuffer(10, 100)
      buffer.push(piece(11))
      const waits = [buffer.drained(), buffer.drained()]
      buffer.close()
      await Promise.all(waits)
      expect(buffer.unacknowledged).to.deep.equal([])
    })
  })

  describe('at its maximum', () => {
    it('can resume as long as nothing is lost', () => {
      const buffer = new MessageBuffer(10, 20)
      for (const size of [10, 10]) buffer.push(piece(size))
      expect(buffer.canResume).to.equal(true)
      expect(buffer.unacknowledged).to.have.lengthOf(2)
    })

    it('drops the oldest beyond it, and cannot resume', () => {
      const buffer = new MessageBuffer(10, 20)
      for (const size of [10, 10, 1]) buffer.push(piece(size))
      expect(buffer.canResume).to.equal(false)
      expect(buffer.resumeId).to.equal(2)
      expect(buffer.unacknowledged).to.deep.equal([piece(10), piece(1)])
    })

    it('can resume again once the client has acknowledged what was dropped', () => {
      const buffer = new MessageBuffer(10, 20)
      for (const size of [10, 10, 10, 10]) buffer.push(piece(size)) // 1 and 2 are dropped
      buffer.acknowledge(1)
      expect(buffer.canResume).to.equal(false)
      buffer.acknowledge(2)
      expect(buffer.canResume).to.equal(true)
      expect(buffer.resumeId).to.equal(3)
      expect(buffer.unacknowledged).to.have.lengthOf(2)
    })

    it('keeps the youngest, however large', () => {
      const buffer = new MessageBuffer(10, 20)
      buffer.push(piece(100))
      expect(buffer.canResume).to.equal(true)
      buffer.push(piece(101))
      expect(buffer.unacknowledged).to.deep.equal([piece(101)])
    })

    it('is never below the capacity', () => {
      const buffer = new MessageBuffer(30, 5)
      for (const size of [10, 10, 10]) buffer.push(piece(size))
      expect(buffer.canResume).to.equal(true)
    })

    it('lets those who wait go on once what remains is acknowledged', async () => {
      const buffer = new MessageBuffer(10, 20)
      for (const size of [15, 15]) buffer.push(piece(size))
      const wait = buffer.drained()
      buffer.acknowledge(2)
      expect(await isWaiting(wait)).to.equal(false)
    })
  })

  describe('of what was received', () => {
    function received(count: number): MessageBuffer {
      const buffer = new MessageBuffer(1_000, 1_000)
      for (let number = 1; number <= count; number++) buffer.tryReceive()
      return buffer
    }

    it('takes every message once', () => {
      const buffer = received(0)
      expect([buffer.tryReceive(), buffer.tryReceive()]).to.deep.equal([true, true])
    })

    it('drops what comes again, and takes what follows', () => {
      const buffer = received(3)
      buffer.resumeAt(2)
      expect([buffer.tryReceive(), buffer.tryReceive(), buffer.tryReceive()]).to.deep.equal([false, false, true])
    })

    it('drops what comes a third time', () => {
      const buffer = received(2)
      for (let round = 0; round < 2; round++) {
        buffer.resumeAt(1)
        expect([buffer.tryReceive(), buffer.tryReceive()]).to.deep.equal([false, false])
      }
      expect(buffer.tryReceive()).to.equal(true)
    })

    it('goes on with the next number when nothing comes again', () => {
      const buffer = received(2)
      buffer.resumeAt(3)
      expect(buffer.tryReceive()).to.equal(true)
    })

    it('goes on behind a replay that broke off, when the client knows that all of it had come before', () => {
      const buffer = received(3)
      buffer.resumeAt(1)
      expect(buffer.takeAck()).to.equal(3) // reaches the client, and then the socket is lost
      buffer.resumeAt(4)
      expect(buffer.tryReceive()).to.equal(true)
      expect(buffer.takeAck()).to.equal(4)
    })

    for (const sequenceId of [4, 0, -1]) {
      it(`does not go on with ${sequenceId} after two messages`, () => {
        expect(() => received(2).resumeAt(sequenceId)).to.throw(gap)
      })
    }

    it('has nothing to acknowledge at first', () => {
      expect(received(0).takeAck()).to.equal(undefined)
    })

    it('acknowledges the latest, once', () => {
      const buffer = received(3)
      expect(buffer.takeAck()).to.equal(3)
      expect(buffer.takeAck()).to.equal(undefined)
      buffer.tryReceive()
      expect(buffer.takeAck()).to.equal(4)
    })

    it('acknowledges the latest again when something came again', () => {
      const buffer = received(3)
      buffer.takeAck()
      buffer.resumeAt(2)
      buffer.tryReceive()
      expect(buffer.takeAck()).to.equal(3)
    })
  })
})
