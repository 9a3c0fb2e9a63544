import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import { close, invoke, ping, result, upload, uploadEnd, uploadItem } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import { stream } from '../authoring/stream-parameter.js'

/** The test reads for the method, one item at a time. */
let source: AsyncIterator<unknown>
let ending: Deferred<string>

class UploadHub extends Hub {
  static hubMethods = { ping: 0 }

  @hubMethod(stream())
  async keep(items: AsyncIterable<unknown>): Promise<string> {
    source = items[Symbol.asyncIterator]()
    return ending.promise
  }

  @hubMethod(stream())
  async first(items: AsyncIterable<unknown>): Promise<unknown> {
    for await (const item of items) return item
    return undefined
  }

  ping(): string {
    return 'pong'
  }
}

const items = (count: number) => Array.from({ length: count }, (_, index) => uploadItem('s', index)).join('')

describe('HubDispatcher, the buffer of a stream from the client', () => {
  let client: TestConnection

  beforeEach(() => {
    ending = new Deferred()
  })

  function start(streamBufferCapacityItems: number) {
    const server = new TestServer(UploadHub, { streamBufferCapacityItems, clientTimeoutIntervalMs: 1_000 })
    client = server.connect()
    client.receive(upload('1', 'keep', ['s']))
    return server
  }

  it('takes as many items as fit without holding the client back', () => {
    start(2)
    client.receive(items(2) + invoke('2', 'ping'))
    expect(client.sent).to.deep.equal([result('2', 'pong')])
    expect(client.isPaused).to.equal(false)
  })

  it('reads nothing behind an item that does not fit', async () => {
    start(1)
    client.receive(items(5) + invoke('2', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([])
    expect(client.isPaused).to.equal(true)
  })

  it('has room for 10 unless told otherwise', () => {
    client = new TestServer(UploadHub).connect()
    client.receive(upload('1', 'keep', ['s']) + items(10))
    expect(client.isPaused).to.equal(false)
    client.receive(uploadItem('s', 10))
    expect(client.isPaused).to.equal(true)
  })

  it('counts each stream by itself', () => {
    start(1)
    client.receive(upload('2', 'keep', ['t']) + uploadItem('s', 0) + uploadItem('t', 0))
    expect(client.isPaused).to.equal(false)
  })

  it('reads on as the method reads, and loses nothing', async () => {
    start(1)
    client.receive(items(5) + uploadEnd('s') + invoke('2', 'ping'))
    const read: unknown[] = []
    for (let item = await source.next(); item.done !== true; item = await source.next()) read.push(item.value)
    expect(read).to.deep.equal([0, 1, 2, 3, 4])
    expect(client.sent).to.deep.equal([result('2', 'pong')])
    expect(client.isPaused).to.equal(false)
  })

  it('lets one in for each that the method takes', async () => {
    start(1)
    client.receive(items(3) + invoke('2', 'ping'))
    await source.next()
    expect(client.sent).to.deep.equal([])
    await source.next()
    expect(client.sent).to.deep.equal([result('2', 'pong')])
  })

  it('lets the rest through when the method ends unread', async () => {
    start(1)
    client.receive(items(5) + invoke('2', 'ping'))
    ending.resolve('enough')
    expect([await client.nextSent(), await client.nextSent()]).to.have.members([
      result('1', 'enough'),
      result('2', 'pong'),
    ])
    expect(client.isPaused).to.equal(false)
  })

  it('lets the rest through when the method stops reading', async () => {
    client = new TestServer(UploadHub, { streamBufferCapacityItems: 1 }).connect()
    client.receive(upload('1', 'first', ['s']) + items(5) + invoke('2', 'ping'))
    expect([await client.nextSent(), await client.nextSent()]).to.have.members([result('1', 0), result('2', 'pong')])
  })

  it('ignores items and the end of a stream whose method has ended', async () => {
    start(10)
    ending.resolve('enough')
    expect(await client.nextSent()).to.equal(result('1', 'enough'))
    client.receive(items(20) + uploadEnd('s') + invoke('2', 'ping'))
    expect(client.sent).to.deep.equal([result('2', 'pong')])
  })

  it('ends for a reader that goes on after its method has ended', async () => {
    start(10)
    client.receive(items(1))
    ending.resolve('enough')
    await client.nextSent()
    expect(await source.next()).to.deep.equal({ done: true, value: undefined })
  })

  it('ignores items of no stream', () => {
    start(10)
    client.receive(uploadItem('x', 1) + uploadEnd('x') + invoke('2', 'ping'))
    expect(client.sent).to.deep.equal([result('2', 'pong')])
  })

  it('does not let the client time out while an item waits', async () => {
    const server = start(1)
    client.receive(ping + items(2))
    server.heartbeatAfter(500)
    server.heartbeatAfter(5_000)
    await turn()
    expect(client.closedWith).to.equal(undefined)
  })

  it('is left at once when the socket is lost while an item waits', async () => {
    start(1)
    client.receive(items(2))
    client.vanish()
    await client.ended
    expect(client.sent).to.deep.equal(['{"type":7,"allowReconnect":true}'])
  })

  describe('when the connection ends', () => {
    const departures: Readonly<Record<string, (client: TestConnection) => void>> = {
      'is lost': client => client.vanish(),
      'is closed by the client': client => client.receive(close),
      'says goodbye': client => client.leave(),
    }
    for (const [how, depart] of Object.entries(departures)) {
      it(`because it ${how}, throws at a reader that waits`, async () => {
        start(1)
        const next = source.next().catch(error => error)
        depart(client)
        expect(await next)
          .to.be.an.instanceOf(Error)
          .with.property('message', 'The underlying connection was closed.')
      })
    }

    it('lets the reader have what is there first', async () => {
      start(10)
      client.receive(items(1))
      client.vanish()
      await client.ended
      expect(await source.next()).to.deep.equal({ done: false, value: 0 })
      const error = await source.next().catch(error => error)
      expect(error).to.have.property('message', 'The underlying connection was closed.')
    })

    it('names the error as .NET does', async () => {
      start(1)
      const next = source.next().catch(error => error)
      client.vanish()
      expect(await next).to.have.property('exceptionType', 'OperationCanceledException')
    })
  })
})
