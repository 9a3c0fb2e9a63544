import { expect } from 'chai'
import { schema, slowSchema } from './testing/standard-schema.js'
import { UploadStream } from './upload-stream.js'

const open = (capacity = 10) => new UploadStream(capacity, undefined, false)
const ignore = () => {}

describe('UploadStream', () => {
  it('answers reads that wait at the same time in order', async () => {
    const upload = open()
    const reads = [upload.next(), upload.next(), upload.next()]
    upload.tryPush('a', ignore)
    upload.tryPush('b', ignore)
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
    for (const item of ['a', 'b', 'c', 'd']) upload.tryPush(item, ignore)
    upload.complete()
    await Promise.all(loops)
    expect(items).to.have.members(['a', 'b', 'c', 'd'])
  })

  it('keeps the order of items that are checked slowly', async () => {
    const upload = new UploadStream(
      10,
      slowSchema(async value => value),
      false,
    )
    for (const item of ['a', 'b', 'c']) upload.tryPush(item, ignore)
    upload.complete()
    const items: unknown[] = []
    for await (const item of upload) items.push(item)
    expect(items).to.deep.equal(['a', 'b', 'c'])
  })

  it('hands over what the schema makes of an item', async () => {
    const upload = new UploadStream(
      10,
      schema(value => `<${String(value)}>`),
      false,
    )
    upload.tryPush('a', ignore)
    expect(await upload.next()).to.deep.equal({ done: false, value: '<a>' })
  })

  it('tells once that there is room', async () => {
    const upload = open(1)
    let told = 0
    upload.tryPush('a', ignore)
    expect(upload.tryPush('b', () => told++)).to.equal(false)
    expect(told).to.equal(0)
    await upload.next()
    expect(told).to.equal(1)
    await upload.return()
    expect(told).to.equal(1)
  })

  it('needs no room for an item that is waited for', () => {
    const upload = open(1)
    void upload.next()
    expect([upload.tryPush('a', ignore), upload.tryPush('b', ignore)]).to.deep.equal([true, true])
    expect(upload.tryPush('c', ignore)).to.equal(false)
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
    expect(upload.tryPush('late', ignore)).to.equal(true)
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
