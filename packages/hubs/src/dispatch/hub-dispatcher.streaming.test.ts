import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  invocation,
  invoke,
  invokeStream,
  record,
  result,
  send,
  streamEnd,
  streamItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'

/** What the streaming method returns is the test's business, not that of its type. */
let produced: (count: number) => unknown

class StreamHub extends Hub {
  static hubMethods = { produce: { streams: true }, ping: 0 }

  produce(count: number): unknown {
    return produced(count)
  }

  @hubMethod
  async *count(to: number): AsyncGenerator<number> {
    for (let number = 0; number < to; number++) yield number
  }

  @hubMethod
  async *announce(): AsyncGenerator<string> {
    await this.clients.caller['Said']!('before')
    yield 'item'
    await this.clients.caller['Said']!('after')
  }

  ping(): string {
    return 'pong'
  }
}

async function* letters(): AsyncGenerator<string> {
  yield 'a'
  yield 'b'
}

/** An array would do; but what is iterated over is more often a Set or a generator. */
function* syncLetters(): Generator<string> {
  yield 'a'
  yield 'b'
}

async function receivedUntil(client: TestConnection, last: string): Promise<string[]> {
  const received: string[] = []
  do received.push(await client.nextSent())
  while (received.at(-1) !== last)
  return received
}

describe('HubDispatcher, streaming to the client', () => {
  let client: TestConnection

  beforeEach(() => {
    client = new TestServer(StreamHub).connect()
  })

  it('sends the items in order, then a completion without a result', async () => {
    client.receive(invokeStream('1', 'count', 4))
    expect(await receivedUntil(client, streamEnd('1'))).to.deep.equal([
      streamItem('1', 0),
      streamItem('1', 1),
      streamItem('1', 2),
      streamItem('1', 3),
      streamEnd('1'),
    ])
  })

  it('sends the completion alone when there are no items', async () => {
    client.receive(invokeStream('1', 'count', 0))
    expect(await client.nextSent()).to.equal(streamEnd('1'))
  })

  it('sends nothing after the completion', async () => {
    client.receive(invokeStream('1', 'count', 0))
    await client.nextSent()
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  const kinds: Readonly<Record<string, () => unknown>> = {
    'an async generator': letters,
    'an async iterable without a generator': () => ({ [Symbol.asyncIterator]: () => letters() }),
    'a promise of an async iterable': () => Promise.resolve(letters()),
    'an array': () => ['a', 'b'],
    'a Set': () => new Set(['a', 'b']),
    'a sync generator': syncLetters,
    'a ReadableStream': () => ReadableStream.from(['a', 'b']),
    'promises in an array': () => [Promise.resolve('a'), Promise.resolve('b')],
  }
  for (const [what, produce] of Object.entries(kinds)) {
    it(`streams ${what}`, async () => {
      produced = produce
      client.receive(invokeStream('1', 'produce', 0))
      expect(await receivedUntil(client, streamEnd('1'))).to.deep.equal([
        streamItem('1', 'a'),
        streamItem('1', 'b'),
        streamEnd('1'),
      ])
    })
  }

  it('sends items that are null or nothing', async () => {
    produced = () => [null, undefined, 0, '']
    client.receive(invokeStream('1', 'produce', 0))
    expect(await receivedUntil(client, streamEnd('1'))).to.deep.equal([
      streamItem('1', null),
      streamItem('1', null),
      streamItem('1', 0),
      streamItem('1', ''),
      streamEnd('1'),
    ])
  })

  it('does not send what a generator returns', async () => {
    produced = async function* () {
      yield 'a'
      return 'b'
    }
    client.receive(invokeStream('1', 'produce', 0))
    expect(await receivedUntil(client, streamEnd('1'))).to.deep.equal([streamItem('1', 'a'), streamEnd('1')])
  })

  it('sends an item as soon as there is one', async () => {
    const next = new Deferred()
    produced = async function* () {
      yield 'a'
      await next.promise
      yield 'b'
    }
    client.receive(invokeStream('1', 'produce', 0))
    expect(await client.nextSent()).to.equal(streamItem('1', 'a'))
    await turn()
    expect(client.sent).to.deep.equal([])
    next.resolve()
    expect(await client.nextSent()).to.equal(streamItem('1', 'b'))
  })

  it('lets several streams run side by side', async () => {
    const gates = [new Deferred(), new Deferred()]
    produced = async function* (index) {
      yield 'first'
      await gates[index as number]!.promise
      yield 'last'
    }
    client.receive(invokeStream('A', 'produce', 0) + invokeStream('B', 'produce', 1))
    const firsts = [await client.nextSent(), await client.nextSent()]
    expect(firsts).to.have.members([streamItem('A', 'first'), streamItem('B', 'first')])
    gates[1]!.resolve()
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('B', 'last'), streamEnd('B')])
    gates[0]!.resolve()
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('A', 'last'), streamEnd('A')])
  })

  it('keeps the items of each of many streams in order', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `s${index}`)
    client.receive(ids.map(id => invokeStream(id, 'count', 30)).join(''))
    const received: string[] = []
    while (received.length < ids.length * 31) received.push(await client.nextSent())
    for (const id of ids) {
      const own = received.filter(message => message.includes(`"invocationId":"${id}"`))
      const numbers = Array.from({ length: 30 }, (_, number) => streamItem(id, number))
      expect(own).to.deep.equal([...numbers, streamEnd(id)])
    }
  })

  it('keeps items in order with what the method sends besides', async () => {
    client.receive(invokeStream('1', 'announce'))
    expect(await receivedUntil(client, streamEnd('1'))).to.deep.equal([
      invocation('Said', 'before'),
      streamItem('1', 'item'),
      invocation('Said', 'after'),
      streamEnd('1'),
    ])
  })

  it('lets a plain invocation share the id of a stream under way', async () => {
    const end = new Deferred()
    produced = async function* () {
      await end.promise
      yield 'item'
    }
    client.receive(invokeStream('1', 'produce', 0) + invoke('1', 'ping'))
    expect(await client.nextSent()).to.equal(result('1', 'pong'))
    end.resolve()
    expect(await receivedUntil(client, streamEnd('1'))).to.deep.equal([streamItem('1', 'item'), streamEnd('1')])
  })

  it('takes the id again at once after the end', async () => {
    client.receive(invokeStream('1', 'count', 1))
    await receivedUntil(client, streamEnd('1'))
    client.receive(invokeStream('1', 'count', 1))
    expect(await receivedUntil(client, streamEnd('1'))).to.deep.equal([streamItem('1', 0), streamEnd('1')])
  })

  it('frees the id before the client hears of the end', async () => {
    // The answer of a client that reacts while the completion is being sent.
    const original = client.sendText.bind(client)
    let isAnswered = false
    client.sendText = text => {
      original(text)
      if (isAnswered || client.sent.at(-1) !== streamEnd('1')) return
      isAnswered = true
      client.receive(invokeStream('1', 'count', 0))
    }
    client.receive(invokeStream('1', 'count', 0))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamEnd('1'), streamEnd('1')])
  })

  it('sends nothing for a streaming method called without an id', async () => {
    let isCalled = false
    produced = () => {
      isCalled = true
      return letters()
    }
    client.receive(send('produce', 0) + invoke('2', 'ping'))
    expect(await client.nextSent()).to.equal(result('2', 'pong'))
    await turn()
    expect(client.sent).to.deep.equal([])
    expect(isCalled).to.equal(false)
  })

  it('closes the connection at a stream invocation without an id', async () => {
    client.receive(record('{"type":4,"target":"count","arguments":[1]}'))
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error.","allowReconnect":true}'])
  })
})
