import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, TestServer } from '@signalbox/conformance'
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

let produced: () => unknown

class StreamHub extends Hub {
  static hubMethods = { produce: { streams: true }, hold: 0, ping: 0 }

  produce(): unknown {
    return produced()
  }

  hold(): Promise<void> {
    return new Promise(() => {})
  }

  ping(): string {
    return 'pong'
  }
}

async function* never(): AsyncGenerator<string> {
  yield 'started'
  await new Promise(() => {})
}

describe('HubDispatcher, the limits of streams', () => {
  it('asks the producer for no more than the client takes', async () => {
    let made = 0
    produced = async function* () {
      for (;;) yield ++made
    }
    const client = new TestServer(StreamHub).connect()
    const first = client.stall()
    client.receive(invokeStream('1', 'produce'))
    expect(await client.nextSent()).to.equal(streamItem('1', 1))
    await turn()
    expect(made).to.equal(1)
    const second = client.stall()
    first()
    expect(await client.nextSent()).to.equal(streamItem('1', 2))
    await turn()
    expect(made).to.equal(2)
    client.receive(cancel('1'))
    second()
    expect(await client.nextSent()).to.equal(streamEnd('1'))
  })

  it('answers other calls while a stream waits for the client', async () => {
    produced = () => ['a', 'b']
    const client = new TestServer(StreamHub).connect()
    client.stall()
    client.receive(invokeStream('1', 'produce') + invoke('2', 'ping'))
    expect([await client.nextSent(), await client.nextSent()]).to.have.members([
      streamItem('1', 'a'),
      result('2', 'pong'),
    ])
  })

  describe('takes no slot', () => {
    it('and so runs while a long call does', async () => {
      produced = () => ['a']
      const client = new TestServer(StreamHub).connect()
      client.receive(invoke('1', 'hold') + invokeStream('2', 'produce'))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('2', 'a'), streamEnd('2')])
    })

    it('and so leaves it to a call', async () => {
      produced = never
      const client = new TestServer(StreamHub).connect()
      client.receive(invokeStream('1', 'produce') + invokeStream('2', 'produce') + invoke('3', 'ping'))
      expect(await client.nextSent()).to.equal(result('3', 'pong'))
    })

    it('and so gives none back that it has not', async () => {
      produced = () => []
      const started: string[] = []
      class HoldingHub extends StreamHub {
        override hold(): Promise<void> {
          started.push('hold')
          return new Promise(() => {})
        }
      }
      const client = new TestServer(HoldingHub).connect()
      client.receive(invoke('1', 'hold') + invokeStream('2', 'produce'))
      await client.nextSent()
      client.receive(invoke('3', 'hold'))
      await turn()
      expect(started).to.deep.equal(['hold'])
    })
  })

  describe('of one id', () => {
    const inUse = failure('1', "Invocation ID '1' is already in use.")

    it('refuses a second stream while the first is under way', async () => {
      produced = never
      const client = new TestServer(StreamHub).connect()
      client.receive(invokeStream('1', 'produce') + invokeStream('1', 'produce'))
      expect([await client.nextSent(), await client.nextSent()]).to.have.members([streamItem('1', 'started'), inUse])
    })

    it('leaves the first stream alone, and open to a cancel', async () => {
      const next = new Deferred()
      produced = async function* () {
        await next.promise
        yield 'a'
        yield 'b'
      }
      const client = new TestServer(StreamHub).connect()
      client.receive(invokeStream('1', 'produce') + invokeStream('1', 'produce') + invokeStream('1', 'produce'))
      expect(client.sent.splice(0)).to.deep.equal([inUse, inUse])
      client.receive(cancel('1'))
      next.resolve()
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('1', 'a'), streamEnd('1')])
    })

    it('tells ids apart by case', async () => {
      produced = never
      const client = new TestServer(StreamHub).connect()
      client.receive(invokeStream('a', 'produce') + invokeStream('A', 'produce'))
      expect([await client.nextSent(), await client.nextSent()]).to.have.members([
        streamItem('a', 'started'),
        streamItem('A', 'started'),
      ])
    })

    it('keeps those of two connections apart', async () => {
      produced = never
      const server = new TestServer(StreamHub)
      for (const client of [server.connect(), server.connect()]) {
        client.receive(invokeStream('1', 'produce'))
        expect(await client.nextSent()).to.equal(streamItem('1', 'started'))
      }
    })
  })

  describe('of one client', () => {
    const refused = (id: string) =>
      failure(id, 'No more than 2 streams may be under way on one connection (maximumStreamsPerClient).')

    async function startTwo() {
      const server = new TestServer(StreamHub, { maximumStreamsPerClient: 2 })
      const client = server.connect()
      produced = never
      client.receive(invokeStream('1', 'produce') + invokeStream('2', 'produce'))
      await client.nextSent()
      await client.nextSent()
      return { server, client }
    }

    it('refuses one more than the limit, and the connection lives', async () => {
      const { client } = await startTwo()
      client.receive(invokeStream('3', 'produce') + invoke('4', 'ping'))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([refused('3'), result('4', 'pong')])
    })

    it('takes another once one has ended', async () => {
      const server = new TestServer(StreamHub, { maximumStreamsPerClient: 1 })
      const client = server.connect()
      produced = () => ['a']
      for (const id of ['1', '2', '3']) {
        client.receive(invokeStream(id, 'produce'))
        expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem(id, 'a'), streamEnd(id)])
      }
    })

    it('counts each connection by itself', async () => {
      const { server } = await startTwo()
      const other = server.connect()
      other.receive(invokeStream('1', 'produce'))
      expect(await other.nextSent()).to.equal(streamItem('1', 'started'))
    })

    it('has a limit of 1,000 unless told otherwise', async () => {
      produced = () => new Promise(() => {})
      const client = new TestServer(StreamHub).connect()
      for (let id = 1; id <= 1_001; id++) client.receive(invokeStream(`${id}`, 'produce'))
      expect(client.sent).to.deep.equal([
        failure('1001', 'No more than 1000 streams may be under way on one connection (maximumStreamsPerClient).'),
      ])
    })
  })
})
