import { FakeExchange, RecordingSocket, requestWith } from '@signalbox/conformance'
import { expect } from 'chai'
import type { BodyResult, HttpExchange } from '../host/host-port.js'
import type { Post } from './post.js'
import { PostQueue } from './post-queue.js'

const limitBytes = 10

/** A POST whose body comes as a test wants. */
class Upload extends FakeExchange {
  #done: ((result: BodyResult) => void) | undefined
  #admits: ((bytes: number) => boolean) | undefined
  #onAborted: (() => void) | undefined

  constructor() {
    super(requestWith({ method: 'POST' }), new RecordingSocket())
  }

  override readBody(
    _limitBytes: number,
    done: (result: BodyResult) => void,
    admits?: (bytes: number) => boolean,
  ): void {
    this.#done = done
    this.#admits = admits
  }

  override onAborted(listener?: () => void): void {
    this.#onAborted = listener
  }

  /** @returns whether so many bytes are kept. */
  sends(bytes: number): boolean {
    return this.#admits?.(bytes) === true
  }

  ends(text: string): void {
    this.#done?.({ kind: 'complete', bytes: Buffer.from(text) })
  }

  fails(kind: 'aborted' | 'tooLarge'): void {
    this.#done?.({ kind })
  }

  goes(): void {
    this.#onAborted?.()
  }
}

describe('PostQueue', () => {
  let told: string[]
  let queue: PostQueue
  let hasRoom: boolean
  let makeRoom: (isOpen: boolean) => void

  beforeEach(() => {
    told = []
    hasRoom = true
    queue = new PostQueue(limitBytes, {
      get hasRoom() {
        return hasRoom
      },
      whenRoom(proceed) {
        makeRoom = isOpen => {
          hasRoom = true
          proceed(isOpen)
        }
      },
    })
  })

  const accept = (post: Post) =>
    post.accept(result => {
      told.push(result.kind === 'complete' ? Buffer.from(result.bytes).toString() : result.kind)
    })

  function add(exchange: HttpExchange & Upload = new Upload()): Upload {
    accept(queue.add(exchange))
    return exchange
  }

  it('tells of a body as soon as it is there when none is before it', () => {
    add().ends('first')

    expect(told).to.deep.equal(['first'])
  })

  it('tells of bodies in the order in which their requests came', () => {
    const [first, second, third] = [add(), add(), add()]
    third.ends('third')
    second.ends('second')
    first.ends('first')

    expect(told).to.deep.equal(['first', 'second', 'third'])
  })

  it('lets nothing pass a body that is still being read', () => {
    add()
    add().ends('second')

    expect(told).to.deep.equal([])
  })

  it('lets nothing pass a body that is there and not accepted', () => {
    const first = new Upload()
    const post = queue.add(first)
    first.ends('first')
    add().ends('second')
    expect(told).to.deep.equal([])

    accept(post)
    expect(told).to.deep.equal(['first', 'second'])
  })

  for (const kind of ['aborted', 'tooLarge'] as const) {
    it(`goes on behind a body that ended ${kind}`, () => {
      const [first, second] = [add(), add()]
      second.ends('second')
      first.fails(kind)

      expect(told).to.have.members([kind, 'second'])
    })
  }

  it('forgets a body whose client has gone before its turn', () => {
    const [first, second, third] = [add(), add(), add()]
    second.ends('second')
    second.goes()
    third.ends('third')
    first.ends('first')

    expect(told).to.deep.equal(['first', 'third'])
  })

  it('goes on behind one that leaves', () => {
    const first = queue.add(new Upload())
    add().ends('second')
    first.leaveUnlessAccepted()

    expect(told).to.deep.equal(['second'])
  })

  describe('while the application takes no more', () => {
    it('waits', () => {
      hasRoom = false
      add().ends('first')
      expect(told).to.deep.equal([])

      makeRoom(true)
      expect(told).to.deep.equal(['first'])
    })

    it('forgets even the first in line when its client has gone', () => {
      hasRoom = false
      const [first, second] = [add(), add()]
      first.ends('first')
      second.ends('second')
      first.goes()
      makeRoom(true)

      expect(told).to.deep.equal(['second'])
    })

    it('tells those that wait when the connection ends', () => {
      hasRoom = false
      const [first, second] = [add(), add()]
      first.ends('first')
      makeRoom(false)
      expect(told).to.deep.equal(['connectionEnded'])

      second.ends('second')
      expect(told).to.deep.equal(['connectionEnded', 'connectionEnded'])
    })
  })

  describe('of bodies that wait', () => {
    it('keeps as much as the limit, together', () => {
      add()
      expect([add().sends(limitBytes / 2), add().sends(limitBytes / 2), add().sends(1)]).to.deep.equal([
        true,
        true,
        false,
      ])
    })

    it('does not count the first in line', () => {
      const first = add()
      expect([first.sends(limitBytes), add().sends(limitBytes)]).to.deep.equal([true, true])
    })

    it('has room again for what one of them took that is gone', () => {
      add()
      const second = add()
      const third = add()
      second.sends(limitBytes)
      second.ends('second')
      second.goes()

      expect(third.sends(limitBytes)).to.equal(true)
    })

    it('has room again for what one took whose turn has come', () => {
      const first = add()
      const second = add()
      const third = add()
      second.sends(limitBytes)
      first.ends('first')

      expect([third.sends(limitBytes), second.sends(1)]).to.deep.equal([true, true])
    })

    it('takes nothing more from one that was refused once', () => {
      add()
      const second = add()
      second.sends(limitBytes + 1)

      expect([second.sends(1), add().sends(limitBytes)]).to.deep.equal([false, true])
    })

    it('keeps nothing for a connection that has ended', () => {
      const first = add()
      queue.end()

      expect(first.sends(1)).to.equal(false)
    })
  })
})
