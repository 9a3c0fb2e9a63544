import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  invoke,
  record,
  result,
  streamEnd,
  streamItem,
  upload,
  uploadEnd,
  uploadItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import { stream } from '../authoring/stream-parameter.js'
import { text, wholeNumber } from '../testing/standard-schema.js'

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const noted: unknown[] = []
let onNoted = new Deferred()

class UploadHub extends Hub {
  static hubMethods = { note: [stream()], ping: 0, hold: 0 }

  @hubMethod(stream(text))
  async join(letters: AsyncIterable<string>): Promise<string> {
    return (await listed(letters)).join('')
  }

  @hubMethod(stream(), stream())
  async both(first: AsyncIterable<unknown>, second: AsyncIterable<unknown>): Promise<unknown> {
    return { first: await listed(first), second: await listed(second) }
  }

  @hubMethod(text, stream(), wholeNumber, stream())
  async mixed(name: string, first: AsyncIterable<unknown>, count: number, second: AsyncIterable<unknown>) {
    return [name, await listed(first), count, await listed(second)]
  }

  @hubMethod(stream(), text)
  async streamFirst(items: AsyncIterable<unknown>, name: string): Promise<unknown> {
    return [await listed(items), name]
  }

  @hubMethod({ arguments: [stream(wholeNumber)] })
  async *double(numbers: AsyncIterable<number>): AsyncGenerator<number> {
    for await (const number of numbers) yield number * 2
  }

  async note(items: AsyncIterable<unknown>): Promise<void> {
    noted.push(...(await listed(items)))
    onNoted.resolve()
  }

  ping(): string {
    return 'pong'
  }

  hold(): Promise<void> {
    return new Promise(() => {})
  }
}

describe('HubDispatcher, streaming from the client', () => {
  let client: TestConnection

  beforeEach(() => {
    client = new TestServer(UploadHub).connect()
    noted.length = 0
    onNoted = new Deferred()
  })

  it('gives the method the items in order', async () => {
    client.receive(upload('1', 'join', ['s']))
    for (const letter of 'BEANED') client.receive(uploadItem('s', letter))
    client.receive(uploadEnd('s'))
    expect(await client.nextSent()).to.equal(result('1', 'BEANED'))
  })

  it('takes call, items and end in one payload', async () => {
    client.receive(upload('1', 'join', ['s']) + uploadItem('s', 'a') + uploadItem('s', 'b') + uploadEnd('s'))
    expect(await client.nextSent()).to.equal(result('1', 'ab'))
  })

  it('ends a stream without items', async () => {
    client.receive(upload('1', 'join', ['s']) + uploadEnd('s'))
    expect(await client.nextSent()).to.equal(result('1', ''))
  })

  it('hands every item over when it comes', async () => {
    const items: unknown[] = []
    const seen = [new Deferred(), new Deferred()]
    class WatchingHub extends Hub {
      @hubMethod(stream())
      async watch(numbers: AsyncIterable<number>): Promise<void> {
        for await (const number of numbers) {
          items.push(number)
          seen[number]!.resolve()
        }
      }
    }
    const client = new TestServer(WatchingHub).connect()
    client.receive(upload('1', 'watch', ['s']))
    for (const number of [0, 1]) {
      client.receive(uploadItem('s', number))
      await seen[number]!.promise
    }
    expect(items).to.deep.equal([0, 1])
  })

  it('takes items of any type where none is declared', async () => {
    const items = [1, 'a', null, { b: [true] }]
    client.receive(upload('1', 'note', ['s']) + items.map(item => uploadItem('s', item)).join('') + uploadEnd('s'))
    expect(await client.nextSent()).to.equal(result('1', null))
    expect(noted).to.deep.equal(items)
  })

  it('ignores a result in the completion that ends a stream', async () => {
    client.receive(upload('1', 'join', ['s']) + record('{"type":3,"invocationId":"s","result":"x"}'))
    expect(await client.nextSent()).to.equal(result('1', ''))
  })

  it('fills the streaming parameters in the order of the ids', async () => {
    client.receive(upload('1', 'both', ['b', 'a']))
    client.receive(uploadItem('a', 1) + uploadItem('b', 2) + uploadItem('a', 3) + uploadEnd('a') + uploadEnd('b'))
    expect(await client.nextSent()).to.equal(result('1', { first: [2], second: [1, 3] }))
  })

  it('leaves values in place between streams', async () => {
    client.receive(upload('1', 'mixed', ['a', 'b'], 'Ada', 7))
    client.receive(uploadItem('b', 2) + uploadItem('a', 1) + uploadEnd('a') + uploadEnd('b'))
    expect(await client.nextSent()).to.equal(result('1', ['Ada', [1], 7, [2]]))
  })

  it('leaves a value behind a stream in place', async () => {
    client.receive(upload('1', 'streamFirst', ['s'], 'Ada') + uploadItem('s', 1) + uploadEnd('s'))
    expect(await client.nextSent()).to.equal(result('1', [[1], 'Ada']))
  })

  it('streams up and down in one call', async () => {
    client.receive(record('{"type":4,"invocationId":"1","target":"double","arguments":[],"streamIds":["s"]}'))
    for (const number of [1, 2]) {
      client.receive(uploadItem('s', number))
      expect(await client.nextSent()).to.equal(streamItem('1', number * 2))
    }
    client.receive(uploadEnd('s'))
    expect(await client.nextSent()).to.equal(streamEnd('1'))
  })

  it('takes the same text as invocation id and as stream id', async () => {
    client.receive(record('{"type":4,"invocationId":"1","target":"double","arguments":[],"streamIds":["1"]}'))
    client.receive(uploadItem('1', 4) + uploadEnd('1'))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('1', 8), streamEnd('1')])
  })

  it('answers nothing to a call without an id, which runs all the same', async () => {
    client.receive(record('{"type":1,"target":"note","arguments":[],"streamIds":["s"]}'))
    client.receive(uploadItem('s', 'a') + uploadEnd('s'))
    await onNoted.promise
    await turn()
    expect(noted).to.deep.equal(['a'])
    expect(client.sent).to.deep.equal([])
  })

  it('keeps equal stream ids of two connections apart', async () => {
    const server = new TestServer(UploadHub)
    const clients = [server.connect(), server.connect()]
    for (const client of clients) client.receive(upload('1', 'join', ['s']))
    for (const [index, client] of clients.entries()) client.receive(uploadItem('s', `${index}`) + uploadEnd('s'))
    expect([await clients[0]!.nextSent(), await clients[1]!.nextSent()]).to.deep.equal([
      result('1', '0'),
      result('1', '1'),
    ])
  })

  describe('takes no slot', () => {
    it('and so runs while a long call does', async () => {
      client.receive(invoke('1', 'hold') + upload('2', 'join', ['s']) + uploadItem('s', 'a') + uploadEnd('s'))
      expect(await client.nextSent()).to.equal(result('2', 'a'))
    })

    it('and so leaves it to a call', async () => {
      client.receive(upload('1', 'join', ['s']) + invoke('2', 'ping'))
      expect(await client.nextSent()).to.equal(result('2', 'pong'))
    })

    it('and so gives none back that it has not', async () => {
      client.receive(invoke('1', 'hold') + upload('2', 'join', ['s']) + uploadEnd('s'))
      await client.nextSent()
      client.receive(invoke('3', 'ping'))
      await turn()
      expect(client.sent).to.deep.equal([])
    })
  })
})
