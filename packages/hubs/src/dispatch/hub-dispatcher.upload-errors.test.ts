import { setImmediate as turn } from 'node:timers/promises'
import { TestServer } from '@signalbox/conformance'
import {
  failure,
  invoke,
  invokeStream,
  record,
  result,
  upload,
  uploadEnd,
  uploadItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { HubException } from '../authoring/hub-exception.js'
import { hubMethod } from '../authoring/hub-method.js'
import { stream } from '../authoring/stream-parameter.js'
import { slowSchema, text, wholeNumber } from '../testing/standard-schema.js'

/** What the methods have read, and what ended their streams. */
let items: unknown[]
let ends: unknown[]

async function read(name: string, source: AsyncIterable<unknown>): Promise<string> {
  let end: unknown = 'end'
  try {
    for await (const item of source) items.push(item)
  } catch (error) {
    end = error
  }
  ends.push(end)
  return name
}

const slowText = slowSchema(async value => {
  if (typeof value !== 'string') throw new TypeError('not a string')
  return value
})

class UploadHub extends Hub {
  static hubMethods = { none: 0, ping: 0 }

  @hubMethod(stream(text))
  read(source: AsyncIterable<string>): Promise<string> {
    return read('read', source)
  }

  @hubMethod(stream(slowText))
  readSlowly(source: AsyncIterable<string>): Promise<string> {
    return read('readSlowly', source)
  }

  @hubMethod(stream(), stream())
  async readBoth(first: AsyncIterable<unknown>, second: AsyncIterable<unknown>): Promise<string> {
    await Promise.all([read('first', first), read('second', second)])
    return 'both'
  }

  @hubMethod(stream(wholeNumber))
  async sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0
    for await (const number of numbers) sum += number
    return sum
  }

  none(): void {}

  ping(): string {
    return 'pong'
  }
}

const invoking = (method: string) => `An unexpected error occurred invoking '${method}' on the server.`

describe('HubDispatcher, streams from the client that fail', () => {
  beforeEach(() => {
    items = []
    ends = []
  })

  function connect(enableDetailedErrors = false) {
    const server = new TestServer(UploadHub, { enableDetailedErrors })
    return { client: server.connect(), logger: server.logger }
  }

  const counts: readonly (readonly [method: string, ids: readonly string[], text: string])[] = [
    ['read', ['a', 'b'], 'Client sent 2 stream(s), Hub method expects 1.'],
    ['read', [], 'Client sent 0 stream(s), Hub method expects 1.'],
    ['readBoth', ['a'], 'Client sent 1 stream(s), Hub method expects 2.'],
    ['none', ['a'], 'Client sent 1 stream(s), Hub method expects 0.'],
  ]
  for (const [method, ids, why] of counts) {
    it(`refuses ${ids.length} stream(s) for '${method}', ignores their items, and goes on`, () => {
      const { client } = connect()
      const ends = ids.map(id => uploadItem(id, 'x') + uploadEnd(id)).join('')
      client.receive(upload('1', method, ids) + ends + invoke('2', 'ping'))
      expect(client.sent).to.deep.equal([failure('1', `${invoking(method)} HubException: ${why}`), result('2', 'pong')])
    })
  }

  it('counts none when the call names none', () => {
    const { client } = connect()
    client.receive(invoke('1', 'read'))
    expect(client.sent).to.deep.equal([
      failure('1', `${invoking('read')} HubException: Client sent 0 stream(s), Hub method expects 1.`),
    ])
  })

  it('checks the mode before it counts', () => {
    const { client } = connect()
    client.receive(invokeStream('1', 'read'))
    expect(client.sent).to.deep.equal([
      failure('1', "The client attempted to invoke the non-streaming 'read' method with a streaming invocation."),
    ])
  })

  it('sends nothing for a wrong count without an id', async () => {
    const { client } = connect()
    client.receive(record('{"type":1,"target":"read","arguments":[],"streamIds":[]}') + invoke('2', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([result('2', 'pong')])
  })

  describe('by an item that does not fit', () => {
    const noItem = 'Failed to bind Stream message.'
    const why =
      'InvalidDataException: Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'

    for (const method of ['read', 'readSlowly']) {
      it(`lets '${method}' find a HubException behind the items before it`, async () => {
        const { client } = connect()
        client.receive(upload('1', method, ['s']) + uploadItem('s', 'a') + uploadItem('s', 1) + uploadItem('s', 'b'))
        expect(await client.nextSent()).to.equal(result('1', method))
        expect(items).to.deep.equal(['a'])
        expect(ends[0]).to.be.an.instanceOf(HubException).with.property('message', noItem)
      })
    }

    it('tells the method more with detailed errors', async () => {
      const { client } = connect(true)
      client.receive(upload('1', 'read', ['s']) + uploadItem('s', 1))
      await client.nextSent()
      expect(ends[0]).to.be.an.instanceOf(HubException).with.property('message', `${noItem} ${why}`)
    })

    it('fails the call of a method that does not catch it', async () => {
      const { client } = connect()
      client.receive(upload('1', 'sum', ['s']) + uploadItem('s', 1) + uploadItem('s', 1.5))
      expect(await client.nextSent()).to.equal(failure('1', `${invoking('sum')} HubException: ${noItem}`))
    })

    it('ignores what comes for the stream afterwards', async () => {
      const { client } = connect()
      client.receive(upload('1', 'sum', ['s']) + uploadItem('s', 'x'))
      await client.nextSent()
      client.receive(uploadItem('s', 1) + uploadEnd('s', 'late') + invoke('2', 'ping'))
      expect(client.sent).to.deep.equal([result('2', 'pong')])
    })
  })

  describe('by the error of the client', () => {
    for (const error of ['custom', '']) {
      it(`throws ${JSON.stringify(error)} at the reader, behind the items before it`, async () => {
        const { client } = connect()
        client.receive(upload('1', 'read', ['s']) + uploadItem('s', 'a') + uploadEnd('s', error))
        await client.nextSent()
        expect(items).to.deep.equal(['a'])
        expect(ends[0]).to.be.an.instanceOf(HubException).with.property('message', error)
      })
    }

    it('fails the call of a method that does not catch it, with the text of the client', async () => {
      const { client } = connect()
      client.receive(upload('1', 'sum', ['s']) + uploadEnd('s', 'custom'))
      expect(await client.nextSent()).to.equal(failure('1', `${invoking('sum')} HubException: custom`))
    })

    it('leaves the other streams of the call alone', async () => {
      const { client } = connect()
      client.receive(upload('1', 'readBoth', ['a', 'b']) + uploadEnd('a', 'custom') + uploadItem('b', 'x'))
      client.receive(uploadEnd('b'))
      await client.nextSent()
      expect(items).to.deep.equal(['x'])
      expect(ends).to.have.lengthOf(2)
      expect(ends[0]).to.be.an.instanceOf(HubException)
      expect(ends[1]).to.equal('end')
    })
  })

  describe('by a stream id that is in use', () => {
    const inUse = (method: string, id: string) =>
      failure('2', `${invoking(method)} HubException: Stream ID '${id}' is already in use.`)

    it('refuses the second call, and the first goes on', async () => {
      const { client } = connect()
      client.receive(upload('1', 'read', ['s']) + upload('2', 'read', ['s']))
      expect(client.sent.splice(0)).to.deep.equal([inUse('read', 's')])
      client.receive(uploadItem('s', 'a') + uploadEnd('s'))
      expect(await client.nextSent()).to.equal(result('1', 'read'))
      expect(items).to.deep.equal(['a'])
    })

    it('refuses the same id twice in one call', () => {
      const { client } = connect()
      client.receive(upload('2', 'readBoth', ['s', 's']))
      expect(client.sent).to.deep.equal([inUse('readBoth', 's')])
    })

    it('leaves the other ids of a refused call free', async () => {
      const { client } = connect()
      client.receive(upload('1', 'read', ['b']) + upload('2', 'readBoth', ['a', 'b']) + upload('3', 'read', ['a']))
      expect(client.sent.splice(0)).to.deep.equal([inUse('readBoth', 'b')])
      client.receive(uploadEnd('a'))
      expect(await client.nextSent()).to.equal(result('3', 'read'))
    })

    it('takes an id again once its call has ended', async () => {
      const { client } = connect()
      for (const id of ['1', '2']) {
        client.receive(upload(id, 'read', ['s']) + uploadEnd('s'))
        expect(await client.nextSent()).to.equal(result(id, 'read'))
      }
    })
  })
})
