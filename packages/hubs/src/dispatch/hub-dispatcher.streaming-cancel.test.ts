import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  cancel,
  failure,
  invoke,
  invokeStream,
  result,
  streamEnd,
  streamItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { Invocation } from './hub-invocation.js'

let produced: (invocation: Invocation) => unknown

class StreamHub extends Hub {
  static hubMethods = { produce: { streams: true, arguments: 0 }, ping: 0 }

  produce(invocation: Invocation): unknown {
    return produced(invocation)
  }

  ping(): string {
    return 'pong'
  }
}

/** Rejects with the signal's reason once it fires, as the promise APIs of Node do. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

describe('HubDispatcher, cancelling streams', () => {
  let server: TestServer
  let client: TestConnection

  beforeEach(() => {
    server = new TestServer(StreamHub, { enableDetailedErrors: true })
    client = server.connect()
  })

  /** A stream that has sent one item and then does what the test says. */
  async function start(goOn: (invocation: Invocation) => Promise<void>): Promise<void> {
    produced = async function* (invocation) {
      yield 'first'
      await goOn(invocation)
      yield 'second'
    }
    client.receive(invokeStream('1', 'produce'))
    expect(await client.nextSent()).to.equal(streamItem('1', 'first'))
  }

  it('fires the signal of the method', async () => {
    let signal: AbortSignal | undefined
    await start(async invocation => {
      signal = invocation.signal
      await untilAborted(signal)
    })
    expect(signal?.aborted).to.equal(false)
    client.receive(cancel('1'))
    expect(signal?.aborted).to.equal(true)
  })

  it('completes without an error when the method ends by its signal', async () => {
    await start(({ signal }) => untilAborted(signal))
    client.receive(cancel('1'))
    expect(await client.nextSent()).to.equal(streamEnd('1'))
    expect(server.logger.errors).to.deep.equal([])
  })

  it('completes without an error when the method ends by an AbortError of its own', async () => {
    const next = new Deferred()
    await start(() => next.promise)
    client.receive(cancel('1'))
    next.reject(new DOMException('stopped', 'AbortError'))
    expect(await client.nextSent()).to.equal(streamEnd('1'))
  })

  it('reports any other error after a cancel as usual', async () => {
    const next = new Deferred()
    await start(() => next.promise)
    client.receive(cancel('1'))
    next.reject(new RangeError('BOOM!'))
    expect(await client.nextSent()).to.equal(
      failure('1', 'An error occurred on the server while streaming results. RangeError: BOOM!'),
    )
  })

  it('returns a generator that knows nothing of the signal, after what it is at', async () => {
    const next = new Deferred()
    let isCleanedUp = false
    produced = async function* () {
      try {
        yield 'first'
        await next.promise
        yield 'second'
        yield 'third'
      } finally {
        isCleanedUp = true
      }
    }
    client.receive(invokeStream('1', 'produce'))
    await client.nextSent()
    client.receive(cancel('1'))
    next.resolve()
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
      streamItem('1', 'second'),
      streamEnd('1'),
    ])
    expect(isCleanedUp).to.equal(true)
  })

  it('calls return of an iterator once, as soon as the client cancels', async () => {
    let returns = 0
    const next = new Deferred<IteratorResult<string>>()
    const iterator = {
      next: () => next.promise,
      return: async () => {
        returns++
        next.resolve({ done: true, value: undefined })
        return { done: true, value: undefined } as const
      },
    }
    produced = () => ({ [Symbol.asyncIterator]: () => iterator })
    client.receive(invokeStream('1', 'produce'))
    await turn()
    client.receive(cancel('1'))
    expect(returns).to.equal(1)
    expect(await client.nextSent()).to.equal(streamEnd('1'))
    expect(returns).to.equal(1)
  })

  for (const [what, iteratorReturn] of Object.entries({
    throws: () => {
      throw new Error('return threw')
    },
    rejects: () => Promise.reject(new Error('return rejected')),
  })) {
    it(`is not disturbed by an iterator whose return ${what}`, async () => {
      const next = new Deferred<IteratorResult<string>>()
      produced = () => ({ [Symbol.asyncIterator]: () => ({ next: () => next.promise, return: iteratorReturn }) })
      client.receive(invokeStream('1', 'produce'))
      await turn()
      client.receive(cancel('1'))
      next.resolve({ done: true, value: undefined })
      expect(await client.nextSent()).to.equal(streamEnd('1'))
    })
  }

  it('ends an iterator that has no return by its own end', async () => {
    const next = new Deferred<IteratorResult<string>>()
    produced = () => ({ [Symbol.asyncIterator]: () => ({ next: () => next.promise }) })
    client.receive(invokeStream('1', 'produce'))
    await turn()
    client.receive(cancel('1'))
    next.resolve({ done: true, value: undefined })
    expect(await client.nextSent()).to.equal(streamEnd('1'))
  })

  it('ends a ReadableStream at once, though its producer is silent', async () => {
    const cancelled = new Deferred()
    produced = () => new ReadableStream({ cancel: () => cancelled.resolve() })
    client.receive(invokeStream('1', 'produce'))
    await turn()
    client.receive(cancel('1'))
    await turn()
    expect(client.sent).to.deep.equal([streamEnd('1')])
    await cancelled.promise
  })

  it('lets a stream be cancelled before the method has returned it', async () => {
    const made = new Deferred()
    let isStarted = false
    produced = async () => {
      await made.promise
      return (async function* () {
        isStarted = true
        yield 'first'
      })()
    }
    client.receive(invokeStream('1', 'produce') + cancel('1'))
    made.resolve()
    expect(await client.nextSent()).to.equal(streamEnd('1'))
    expect(isStarted).to.equal(false)
  })

  it('hands over a signal that has fired when it is asked for after the cancel', async () => {
    const next = new Deferred()
    const aborted = new Deferred<boolean>()
    await start(async invocation => {
      await next.promise
      aborted.resolve(invocation.signal.aborted)
    })
    client.receive(cancel('1'))
    next.resolve()
    expect(await aborted.promise).to.equal(true)
  })

  it('cancels the stream of that id only', async () => {
    const signals: AbortSignal[] = []
    produced = async function* ({ signal }) {
      signals.push(signal)
      yield 'first'
      await untilAborted(signal)
    }
    client.receive(invokeStream('A', 'produce') + invokeStream('B', 'produce'))
    await client.nextSent()
    await client.nextSent()
    client.receive(cancel('B'))
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false, true])
  })

  it('calls return no second time when the client cancels again, nor when it leaves', async () => {
    let returns = 0
    const iterator = {
      next: () => new Promise<never>(() => {}),
      return: async () => {
        returns++
        return { done: true, value: undefined } as const
      },
    }
    produced = () => ({ [Symbol.asyncIterator]: () => iterator })
    client.receive(invokeStream('1', 'produce'))
    await turn()
    client.receive(cancel('1') + cancel('1'))
    client.vanish()
    expect(returns).to.equal(1)
  })

  it('fires the signal before it calls return, which may ask for it', async () => {
    const wasAborted: boolean[] = []
    produced = ({ signal }) => {
      const next = () => new Promise<never>(() => {})
      const stop = async () => {
        wasAborted.push(signal.aborted)
        return { done: true, value: undefined } as const
      }
      return { [Symbol.asyncIterator]: () => ({ next, return: stop }) }
    }
    client.receive(invokeStream('1', 'produce'))
    await turn()
    client.receive(cancel('1'))
    expect(wasAborted).to.deep.equal([true])
  })

  it('takes the id again after a cancelled stream', async () => {
    await start(({ signal }) => untilAborted(signal))
    client.receive(cancel('1'))
    await client.nextSent()
    produced = () => ['again']
    client.receive(invokeStream('1', 'produce'))
    expect(await client.nextSent()).to.equal(streamItem('1', 'again'))
  })

  it('ignores a cancel of an unknown id, of a stream that has ended, and a second one', async () => {
    await start(({ signal }) => untilAborted(signal))
    client.receive(cancel('2') + cancel('1') + cancel('1'))
    await client.nextSent()
    client.receive(cancel('1') + invoke('3', 'ping'))
    expect(await client.nextSent()).to.equal(result('3', 'pong'))
    await turn()
    expect(client.sent).to.deep.equal([])
  })
})
