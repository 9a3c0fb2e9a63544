import { setImmediate as turn } from 'node:timers/promises'
import { TestServer } from '@signalbox/conformance'
import {
  failure,
  invoke,
  result,
  resumableHandshakeRequest,
  sequence,
  upload,
  uploadEnd,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { stream } from '../authoring/stream-parameter.js'

/** What the hub method returns is the test's business, not that of its type. */
let returned: () => unknown

class ResultHub extends Hub {
  static hubMethods = { get: 0, collect: [stream()], ping: 0 }

  get(): unknown {
    return returned()
  }

  async collect(items: AsyncIterable<unknown>): Promise<unknown> {
    for await (const item of items) void item
    return cyclic
  }

  ping(): string {
    return 'pong'
  }
}

/** Anything with a `then`, which the linter would not let us write down. */
const thenable = (then: unknown): object => Object.fromEntries([['then', then]])

const cyclic: unknown[] = []
cyclic.push(cyclic)

describe('HubDispatcher, answering with results', () => {
  function connect(options?: HubOptions) {
    const server = new TestServer(ResultHub, options)
    return { server, client: server.connect() }
  }

  async function answerTo(getter: () => unknown): Promise<string> {
    returned = getter
    const { client } = connect()
    client.receive(invoke('1', 'get'))
    return client.nextSent()
  }

  const values: readonly (readonly [what: string, value: unknown, json: string])[] = [
    ['a string', 'é"\n', '"é\\"\\n"'],
    ['a number', 1.5, '1.5'],
    ['zero', 0, '0'],
    ['an empty string', '', '""'],
    ['false', false, 'false'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['an object whose then is no function', thenable(1), '{"then":1}'],
    ['null', null, 'null'],
    ['nothing, as null', undefined, 'null'],
    ['a function, as null', () => 1, 'null'],
  ]
  for (const [what, value, json] of values) {
    it(`sends ${what}`, async () => {
      expect(await answerTo(() => value)).to.equal(`{"type":3,"invocationId":"1","result":${json}}`)
    })

    it(`sends ${what} that is promised`, async () => {
      expect(await answerTo(() => Promise.resolve(value))).to.equal(`{"type":3,"invocationId":"1","result":${json}}`)
    })
  }

  it('answers at once when the method does', () => {
    returned = () => 'now'
    const { client } = connect()
    client.receive(invoke('1', 'get'))
    expect(client.sent).to.deep.equal([result('1', 'now')])
  })

  it('waits for a thenable that is no promise', async () => {
    const late = thenable((resolve: (value: string) => void) => resolve('late'))
    expect(await answerTo(() => late)).to.equal(result('1', 'late'))
  })

  type Then = (resolve: (value: string) => void, reject: (error: Error) => void) => void
  const failing: Readonly<Record<string, object>> = {
    throws: thenable(() => {
      throw new Error('then threw')
    }),
    'cannot be asked for': Object.defineProperty({}, 'then', {
      get: () => {
        throw new Error('then threw')
      },
    }),
    rejects: thenable(((_, reject) => reject(new Error('rejected'))) satisfies Then),
  }
  for (const [what, value] of Object.entries(failing)) {
    it(`fails the call when a thenable ${what}`, async () => {
      expect(await answerTo(() => value)).to.equal(
        failure('1', "An unexpected error occurred invoking 'get' on the server."),
      )
    })
  }

  const repetitive: Readonly<Record<string, Then>> = {
    'resolves twice': resolve => {
      resolve('first')
      resolve('second')
    },
    'resolves and rejects': (resolve, reject) => {
      resolve('first')
      reject(new Error('second'))
    },
    'resolves and throws': resolve => {
      resolve('first')
      throw new Error('second')
    },
  }
  for (const [what, then] of Object.entries(repetitive)) {
    it(`answers once, with the first, when a thenable ${what}`, async () => {
      returned = () => thenable(then)
      const { client } = connect()
      client.receive(invoke('1', 'get'))
      await turn()
      expect(client.sent).to.deep.equal([result('1', 'first')])
    })

    it(`gives back one slot, not two, when a thenable ${what}`, async () => {
      returned = () => thenable(then)
      const { client } = connect()
      client.receive(invoke('1', 'get'))
      await turn()
      client.sent.length = 0
      returned = () => new Promise(() => {})
      client.receive(invoke('2', 'get') + invoke('3', 'ping'))
      await turn()
      expect(client.sent).to.deep.equal([])
    })
  }

  it('never answers a call whose promise never settles', async () => {
    returned = () => new Promise(() => {})
    const { client } = connect({ maximumParallelInvocationsPerClient: 2 })
    client.receive(invoke('1', 'get') + invoke('2', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([result('2', 'pong')])
  })

  describe('that cannot be serialized', () => {
    const text = "An unexpected error occurred invoking 'get' on the server."
    const broken = {
      'a cycle': cyclic,
      'a getter that throws': {
        get name(): string {
          throw new TypeError('BOOM!')
        },
      },
      'a toJSON that throws': {
        toJSON() {
          throw new TypeError('BOOM!')
        },
      },
    }
    for (const [what, value] of Object.entries(broken)) {
      it(`fails the call alone for ${what}, and the log names hub and method`, async () => {
        returned = () => value
        const { server, client } = connect()
        client.receive(invoke('1', 'get') + invoke('2', 'ping'))
        expect(client.sent).to.deep.equal([failure('1', text), result('2', 'pong')])
        expect(server.logger.errors.map(({ message }) => message)).to.deep.equal(['Hub method ResultHub.get failed.'])
        expect(server.logger.errors[0]!.error).to.be.an.instanceOf(TypeError)
      })
    }

    it('fails the call alone when it was promised', async () => {
      expect(await answerTo(() => Promise.resolve(cyclic))).to.equal(failure('1', text))
    })

    it('shows the reason with detailed errors', () => {
      returned = () => broken['a toJSON that throws']
      const { client } = connect({ enableDetailedErrors: true })
      client.receive(invoke('1', 'get'))
      expect(client.sent).to.deep.equal([failure('1', `${text} TypeError: BOOM!`)])
    })

    it('fails the call alone after an upload', async () => {
      const { client } = connect()
      client.receive(upload('1', 'collect', ['s']) + uploadEnd('s') + invoke('2', 'ping'))
      expect([await client.nextSent(), await client.nextSent()]).to.have.members([
        failure('1', "An unexpected error occurred invoking 'collect' on the server."),
        result('2', 'pong'),
      ])
    })

    it('fails the call alone on a connection that may be resumed, and is not replayed', () => {
      returned = () => cyclic
      const client = new TestServer(ResultHub, {}).accept({
        statefulReconnect: { maximumBufferBytes: 10_000, disable() {} },
      })
      client.receive(resumableHandshakeRequest + invoke('1', 'get'))
      client.sent.length = 0
      expect(client.reconnect()).to.equal(true)
      expect(client.sent).to.deep.equal([sequence(1), failure('1', text)])
    })
  })
})
