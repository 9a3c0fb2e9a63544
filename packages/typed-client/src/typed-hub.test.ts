import { expect } from 'chai'
import type { HubConnectionLike, StreamResult, StreamSubscriber } from './hub-connection-like.js'
import type { HubContract } from './hub-contract.js'
import { type TypedHub, typedHub } from './typed-hub.js'

interface Methods {
  add(left: AsyncIterable<number>, right: AsyncIterable<number>): number
  sum(numbers: AsyncIterable<number>): number
  count(): AsyncIterable<number>
}

type CountingHub = HubContract<Methods, { counted(): void }>

/** What cannot be seen with the official client; interop/src/typed-client uses that. */
describe('typedHub', () => {
  let connection: RecordingConnection
  let hub: TypedHub<CountingHub>

  beforeEach(() => {
    connection = new RecordingConnection()
    hub = typedHub<CountingHub>(connection)
  })

  it('uses names as they are written', () => {
    hub.on.counted(() => {})
    void hub.send.sum(numbers())
    expect(connection.names).to.deep.equal(['counted', 'sum'])
  })

  it('can be the value of a promise, and its groups can', async () => {
    const groups = [hub, hub.invoke, hub.send, hub.stream, hub.on]
    expect(await Promise.all(groups)).to.deep.equal(groups)
    expect(connection.names).to.be.empty
  })

  it('refuses two streams side by side, of which the client would send one', async () => {
    const expected =
      "'add' has two streams side by side, which the SignalR client cannot send: put a value between them."
    const add = () => hub.invoke.add(numbers(), { subscribe: () => ({ dispose() {} }) })
    expect(await add().catch((error: Error) => error.message)).to.equal(expected)
    expect(connection.names).to.be.empty
  })

  it('calls a streaming method no earlier than somebody listens', () => {
    const count = hub.stream.count()
    expect(connection.names).to.be.empty
    count.subscribe(ignoring)
    expect(connection.names).to.deep.equal(['count'])
  })

  it('cancels a stream once, and not after its end', () => {
    const subscription = hub.stream.count().subscribe(ignoring)
    subscription.dispose()
    subscription.dispose()
    expect(connection.cancelled).to.equal(1)

    const ended = hub.stream.count().subscribe(ignoring)
    connection.subscriber.complete()
    ended.dispose()
    const failed = hub.stream.count().subscribe(ignoring)
    connection.subscriber.error(new Error('lost'))
    failed.dispose()
    expect(connection.cancelled).to.equal(1)
  })

  it('keeps items that come before they are read, and gives the error behind them once', async () => {
    const iterator = hub.stream.count()[Symbol.asyncIterator]()
    connection.subscriber.next(1)
    connection.subscriber.next(2)
    connection.subscriber.error(new Error('lost'))
    expect(await iterator.next()).to.deep.equal({ done: false, value: 1 })
    expect(await iterator.next()).to.deep.equal({ done: false, value: 2 })
    expect(await iterator.next().catch((error: Error) => error.message)).to.equal('lost')
    expect(await iterator.next()).to.deep.equal({ done: true, value: undefined })
  })

  it('gives items to the reads that wait in their order', async () => {
    const iterator = hub.stream.count()[Symbol.asyncIterator]()
    const reads = [iterator.next(), iterator.next(), iterator.next()]
    connection.subscriber.next(1)
    connection.subscriber.next(2)
    connection.subscriber.complete()
    expect((await Promise.all(reads)).map(read => read.value)).to.deep.equal([1, 2, undefined])
  })

  it('forgets items that were not read when a loop is left', async () => {
    const iterator = hub.stream.count()[Symbol.asyncIterator]()
    connection.subscriber.next(1)
    await iterator.return?.()
    expect(await iterator.next()).to.deep.equal({ done: true, value: undefined })
  })

  for (const [change, changed] of [
    ['is lost', { state: 'Reconnecting' }],
    ['is another one after a reconnect', { connectionId: 'another' }],
  ] as const) {
    it(`uploads nothing more once the connection ${change}`, async () => {
      const source = new CountedNumbers()
      await hub.send.sum(source)
      const upload: StreamResult<number> = connection.lastUpload
      const items: number[] = []
      const next = (item: number) => {
        items.push(item)
        if (item === 2) Object.assign(connection, changed)
      }
      upload.subscribe({ ...ignoring, next })
      await source.returned
      expect(items).to.deep.equal([1, 2])
    })
  }
})

const ignoring: StreamSubscriber<unknown> = { next() {}, error() {}, complete() {} }

async function* numbers(): AsyncGenerator<number> {}

/** 1 to 9, unless told to return; that fails, which is nobody's concern. */
class CountedNumbers implements AsyncIterable<number> {
  readonly returned: Promise<void>
  #tellReturn: () => void = () => {}
  #last = 0

  constructor() {
    this.returned = new Promise(resolve => {
      this.#tellReturn = resolve
    })
  }

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: async () => (this.#last < 9 ? { done: false, value: ++this.#last } : { done: true, value: undefined }),
      return: async () => {
        this.#tellReturn()
        throw new Error('cannot stop')
      },
    }
  }
}

/** Notes what it is asked for. */
class RecordingConnection implements HubConnectionLike {
  state = 'Connected'
  connectionId = 'one'
  readonly names: string[] = []
  cancelled = 0
  #subscriber: StreamSubscriber<number> | undefined
  #args: unknown[] = []

  /** Who listens to the last stream. */
  get subscriber(): StreamSubscriber<number> {
    return this.#subscriber!
  }

  get lastUpload(): StreamResult<number> {
    return this.#args[0] as StreamResult<number>
  }

  async invoke(methodName: string): Promise<void> {
    this.names.push(methodName)
  }

  async send(methodName: string, ...args: unknown[]): Promise<void> {
    this.names.push(methodName)
    this.#args = args
  }

  stream(methodName: string): StreamResult<number> {
    this.names.push(methodName)
    return {
      subscribe: subscriber => {
        this.#subscriber = subscriber
        return { dispose: () => this.cancelled++ }
      },
    }
  }

  on(methodName: string): void {
    this.names.push(methodName)
  }

  off(): void {}
}
