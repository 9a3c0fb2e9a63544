import { expect } from 'chai'
import type { BodyResult } from './host-port.js'
import { PostQueue } from './post-queue.js'

const complete = (text: string): BodyResult => ({ kind: 'complete', bytes: Buffer.from(text) })

describe('PostQueue', () => {
  let delivered: string[]
  let queue: PostQueue

  beforeEach(() => {
    delivered = []
    queue = new PostQueue()
  })

  const add = () =>
    queue.add(result => {
      delivered.push(result.kind === 'complete' ? Buffer.from(result.bytes).toString() : result.kind)
    })

  it('delivers a body as soon as it is there when none is before it', () => {
    const first = add()
    first(complete('first'))

    expect(delivered).to.deep.equal(['first'])
  })

  it('delivers bodies in the order in which their requests came', () => {
    const [first, second, third] = [add(), add(), add()]
    third(complete('third'))
    second(complete('second'))
    first(complete('first'))

    expect(delivered).to.deep.equal(['first', 'second', 'third'])
  })

  it('lets nothing pass a body that is still being read', () => {
    add()
    const second = add()
    second(complete('second'))

    expect(delivered).to.deep.equal([])
  })

  for (const kind of ['aborted', 'tooLarge'] as const) {
    it(`goes on behind a body that ended ${kind}`, () => {
      const [first, second] = [add(), add()]
      second(complete('second'))
      first({ kind })

      expect(delivered).to.deep.equal([kind, 'second'])
    })
  }
})
