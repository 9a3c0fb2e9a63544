import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expect } from 'chai'
import { schema, slowSchema } from '../testing/standard-schema.js'
import { type UploadMemory, UploadStream } from './upload-stream.js'

class Memory implements UploadMemory {
  unreadItemBytes = 0
  told = 0

  onReady(): void {
    this.told++
  }
}

function open(
  streamBufferCapacityItems = 10,
  { item, memory = new Memory() }: { item?: StandardSchemaV1; memory?: Memory } = {},
): UploadStream {
  return new UploadStream(memory, item, {
    streamBufferCapacityItems,
    maximumPendingInvocationBytesPerClient: 100,
    enableDetailedErrors: false,
    enableValidationErrors: false,
  })
}

const ignore = () => {}

describe('UploadStream', () => {
  it('answers reads that wait at the same time in order', async () => {
    const upload = open()
    const reads = [upload.next(), upload.next(), upload.next()]
    upload.tryPush('a', 1)
    upload.tryPush('b', 1)
    upload.complete()
    expect(await Promise.all(reads)).to.deep.equal([
      { done: false, value: 'a' },
      { done: false, value: 'b' },
      { done: true, value: undefined },
    ])
  })

  it('gives each item to one of two loops', async () => {
    const upload = open()
    const items: unknown[] = []
    const loop = async () => {
      for await (const item of upload) items.push(item)
    }
    const loops = [loop(), loop()]
    for (const item of ['a', 'b', 'c', 'd']) upload.tryPush(item, 1)
    upload.complete()
    await Promise.all(loops)
    expect(items).to.have.members(['a', 'b', 'c', 'd'])
  })

  it('keeps the order of items that are checked slowly', async () => {
    const upload = open(10, { item: slowSchema(async value => value) })
    for (const item of ['a', 'b', 'c']) upload.tryPush(item, 1)
    upload.complete()
    const items: unknown[] = []
    for await (const item of upload) items.push(item)
    expect(items).to.deep.equal(['a', 'b', 'c'])
  })

  it('hands over what the schema makes of an item', async () => {
    const upload = open(10, { item: schema(value => `<${String(value)}>`) })
    upload.tryPush('a', 1)
    expect(await upload.next()).to.deep.equal({ done: false, value: '<a>' })
  })

  it('has no room for more items than its capacity, and tells when one has been read', async () => {
    const memory = new Memory()
    const upload = open(1, { memory })
    upload.tryPush('a', 1)
    expect(upload.tryPush('b', 1)).to.equal(false)
    expect(memory.told).to.equal(0)
    await upload.next()
    expect(memory.told).to.equal(1)
    expect(upload.tryPush('b', 1)).to.equal(true)
  })

  describe('shares the bytes its client may have unread with the other streams', () => {
    let memory: Memory
    let first: UploadStream
    let second: UploadStream

    beforeEach(() => {
      memory = new Memory()
      first = open(10, { memory })
      second = open(10, { memory })
      first.tryPush('large', 101)
    })

    it('has no room for more, and tells when one of the others is read', async () => {
      expect(second.tryPush('b', 1)).to.equal(false)
      await first.next()
      expect(memory.told).to.equal(1)
      expect(second.tryPush('b', 1)).to.equal(true)
    })

    it('counts nothing of an item that is waited for', () => {
      void second.next()
      expect(second.tryPush('b', 1)).to.equal(true)
      expect(memory.unreadItemBytes).to.equal(101)
    })

    it('gives back what it held when it is returned', async () => {
      await first.return()
      expect(memory.unreadItemBytes).to.equal(0)
    })

    it('keeps count of what is unread after the end', async () => {
      first.complete()
      expect(memory.unreadItemBytes).to.equal(101)
      await first.next()
      expect(memory.unreadItemBytes).to.equal(0)
    })
  })

  it('needs no room for an item that is waited for', () => {
    const upload = open(1)
    void upload.next()
    expect([upload.tryPush('a', 1), upload.tryPush('b', 1)]).to.deep.equal([true, true])
    expect(upload.tryPush('c', 1)).to.equal(false)
  })

  it('stays ended after an error has been read', async () => {
    const upload = open()
    upload.complete(new Error('custom'))
    await upload.next().catch(ignore)
    expect(await upload.next()).to.deep.equal({ done: true, value: undefined })
  })

  it('takes nothing after its end', async () => {
    const upload = open()
    upload.complete()
    expect(upload.tryPush('late', 1)).to.equal(true)
    upload.complete(new Error('late'))
    expect(await upload.next()).to.deep.equal({ done: true, value: undefined })
  })

  it('harms nobody by an error that nobody reads', async () => {
    const upload = open()
    upload.complete(new Error('custom'))
    expect(await upload.return()).to.deep.equal({ done: true, value: undefined })
  })

  it('ends a read that waits when it is returned', async () => {
    const upload = open()
    const read = upload.next()
    await upload.return()
    expect(await read).to.deep.equal({ done: true, value: undefined })
  })
})
