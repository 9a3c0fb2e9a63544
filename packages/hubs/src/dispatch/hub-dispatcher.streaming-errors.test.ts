import { setImmediate as turn } from 'node:timers/promises'
import { TestServer } from '@signalbox/conformance'
import { failure, invoke, invokeStream, result, streamItem } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'

let produced: () => unknown

class StreamHub extends Hub {
  static hubMethods = {
    produce: { streams: true },
    renamed: { name: 'Shown', streams: true },
    ping: 0,
  }

  produce(): unknown {
    return produced()
  }

  renamed(): unknown {
    return null
  }

  ping(): string {
    return 'pong'
  }
}

const boom = (): never => {
  throw new RangeError('BOOM!')
}

describe('HubDispatcher, streams that fail', () => {
  function connect(enableDetailedErrors = false) {
    const server = new TestServer(StreamHub, { enableDetailedErrors })
    return { client: server.connect(), logger: server.logger }
  }

  async function answersTo(message: string, count: number, enableDetailedErrors = false): Promise<string[]> {
    const { client } = connect(enableDetailedErrors)
    client.receive(message)
    const answers: string[] = []
    while (answers.length < count) answers.push(await client.nextSent())
    await turn()
    expect(client.sent).to.deep.equal([])
    return answers
  }

  describe('by their mode', () => {
    const nonStreaming =
      "The client attempted to invoke the streaming 'produce' method with a non-streaming invocation."
    const streaming = "The client attempted to invoke the non-streaming 'ping' method with a streaming invocation."

    it('refuses to invoke a streaming method', async () => {
      expect(await answersTo(invoke('1', 'produce'), 1)).to.deep.equal([failure('1', nonStreaming)])
    })

    it('refuses to stream a plain method', async () => {
      expect(await answersTo(invokeStream('1', 'ping'), 1)).to.deep.equal([failure('1', streaming)])
    })

    it('says the same with detailed errors, and quotes the registered name', async () => {
      expect(await answersTo(invoke('1', 'PRODUCE'), 1, true)).to.deep.equal([failure('1', nonStreaming)])
      expect(await answersTo(invokeStream('1', 'PING'), 1, true)).to.deep.equal([failure('1', streaming)])
    })

    it('gives the slot of the refused invocation back', () => {
      const { client } = connect()
      client.receive(invoke('1', 'produce') + invoke('2', 'ping'))
      expect(client.sent).to.deep.equal([failure('1', nonStreaming), result('2', 'pong')])
    })

    it('leaves the id of a refused stream free', async () => {
      produced = () => ['a']
      const answers = await answersTo(invokeStream('1', 'ping') + invokeStream('1', 'produce'), 3)
      expect(answers.slice(0, 2)).to.deep.equal([failure('1', streaming), streamItem('1', 'a')])
    })
  })

  describe('by what the method returns', () => {
    const noStream = (name: string) =>
      failure(
        '1',
        `The value returned by the streaming method '${name}' is not a ChannelReader<> or IAsyncEnumerable<>.`,
      )

    for (const value of [null, undefined, 5, 'text', {}, () => {}]) {
      it(`refuses ${typeof value === 'object' ? JSON.stringify(value) : typeof value}`, async () => {
        produced = () => value
        expect(await answersTo(invokeStream('1', 'produce'), 1)).to.deep.equal([noStream('produce')])
      })
    }

    it('refuses a promise of null', async () => {
      produced = () => Promise.resolve(null)
      expect(await answersTo(invokeStream('1', 'produce'), 1)).to.deep.equal([noStream('produce')])
    })

    it("quotes the method's name in the class, not the renamed one", async () => {
      expect(await answersTo(invokeStream('1', 'Shown'), 1)).to.deep.equal([noStream('renamed')])
    })

    it('frees the id', async () => {
      const { client } = connect()
      produced = () => null
      client.receive(invokeStream('1', 'produce'))
      await client.nextSent()
      produced = () => ['a']
      client.receive(invokeStream('1', 'produce'))
      expect(await client.nextSent()).to.equal(streamItem('1', 'a'))
    })
  })

  /** What goes wrong, with how many items before it and how the completion begins. */
  const failing: Readonly<Record<string, { produce: (throwIt: () => never) => unknown; items: number; base: string }>> =
    {
      'the method throws': {
        produce: throwIt => throwIt(),
        items: 0,
        base: "An unexpected error occurred invoking 'produce' on the server.",
      },
      'the promise of the stream rejects': {
        produce: async throwIt => throwIt(),
        items: 0,
        base: "An unexpected error occurred invoking 'produce' on the server.",
      },
      'there has been no item': {
        // biome-ignore lint/correctness/useYield: a stream that fails before its first item
        produce: async function* (throwIt) {
          throwIt()
        },
        items: 0,
        base: 'An error occurred on the server while streaming results.',
      },
      'there have been two items': {
        produce: async function* (throwIt) {
          yield 0
          yield 1
          throwIt()
        },
        items: 2,
        base: 'An error occurred on the server while streaming results.',
      },
      'a plain iterator throws': {
        produce: function* (throwIt) {
          yield 0
          throwIt()
        },
        items: 1,
        base: 'An error occurred on the server while streaming results.',
      },
      'a ReadableStream errors': {
        produce: throwIt => new ReadableStream({ pull: () => throwIt() }),
        items: 0,
        base: 'An error occurred on the server while streaming results.',
      },
    }

  for (const [when, { produce, items, base }] of Object.entries(failing)) {
    describe(`when ${when}`, () => {
      const sent = Array.from({ length: items }, (_, item) => streamItem('1', item))

      it('hides the error', async () => {
        produced = () => produce(boom)
        expect(await answersTo(invokeStream('1', 'produce'), items + 1)).to.deep.equal([...sent, failure('1', base)])
      })

      it('shows type and message with detailed errors', async () => {
        produced = () => produce(boom)
        expect(await answersTo(invokeStream('1', 'produce'), items + 1, true)).to.deep.equal([
          ...sent,
          failure('1', `${base} RangeError: BOOM!`),
        ])
      })

      it('shows a HubException always', async () => {
        produced = () =>
          produce(() => {
            throw new HubException('not today')
          })
        expect(await answersTo(invokeStream('1', 'produce'), items + 1)).to.deep.equal([
          ...sent,
          failure('1', `${base} HubException: not today`),
        ])
      })

      it('logs the error, and no HubException', async () => {
        const { client, logger } = connect()
        produced = () => produce(boom)
        client.receive(invokeStream('1', 'produce'))
        for (let answer = 0; answer <= items; answer++) await client.nextSent()
        expect(logger.errors.map(({ error }) => error)).to.have.lengthOf(1)
        produced = () =>
          produce(() => {
            throw new HubException('not today')
          })
        client.receive(invokeStream('1', 'produce'))
        for (let answer = 0; answer <= items; answer++) await client.nextSent()
        expect(logger.errors).to.have.lengthOf(1)
      })

      it('frees the id', async () => {
        const { client } = connect()
        produced = () => produce(boom)
        client.receive(invokeStream('1', 'produce'))
        for (let answer = 0; answer <= items; answer++) await client.nextSent()
        produced = () => ['again']
        client.receive(invokeStream('1', 'produce'))
        expect(await client.nextSent()).to.equal(streamItem('1', 'again'))
      })
    })
  }

  it('reports an AbortError that nobody asked for like any other', async () => {
    // biome-ignore lint/correctness/useYield: a stream that fails before its first item
    produced = async function* () {
      throw Object.assign(new Error('aborted by itself'), { name: 'AbortError' })
    }
    expect(await answersTo(invokeStream('1', 'produce'), 1, true)).to.deep.equal([
      failure('1', 'An error occurred on the server while streaming results. AbortError: aborted by itself'),
    ])
  })

  it('reports an iterable that cannot be iterated over', async () => {
    produced = () => ({ [Symbol.asyncIterator]: boom })
    const [answer] = await answersTo(invokeStream('1', 'produce'), 1, true)
    expect(answer).to.contain('RangeError: BOOM!')
  })

  it('ends the stream alone, and its producer, when an item cannot be serialized', async () => {
    const cyclic: unknown[] = []
    cyclic.push(cyclic)
    let hasReturned = false
    produced = async function* () {
      try {
        yield 'before'
        yield cyclic
        yield 'behind'
      } finally {
        hasReturned = true
      }
    }
    const { client, logger } = connect()
    client.receive(invokeStream('1', 'produce'))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
      streamItem('1', 'before'),
      failure('1', 'An error occurred on the server while streaming results.'),
    ])
    client.receive(invoke('2', 'ping'))
    expect(client.sent).to.deep.equal([result('2', 'pong')])
    expect(hasReturned).to.equal(true)
    expect(logger.errors.map(({ message }) => message)).to.deep.equal(['Hub method StreamHub.produce failed.'])
  })
})
