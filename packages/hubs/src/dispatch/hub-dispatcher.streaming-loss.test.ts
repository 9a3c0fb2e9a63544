import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import { invokeStream } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { Invocation } from './hub-invocation.js'

let produced: (invocation: Invocation) => unknown

class StreamHub extends Hub {
  static hubMethods = { produce: { streams: true, arguments: 0 } }

  produce(invocation: Invocation): unknown {
    return produced(invocation)
  }
}

const reconnect = '{"type":7,"allowReconnect":true}'

describe('HubDispatcher, streams whose connection is lost', () => {
  let server: TestServer
  let client: TestConnection

  beforeEach(() => {
    server = new TestServer(StreamHub)
    client = server.connect()
  })

  it('fires the signal, and writes nothing more', async () => {
    let signal: AbortSignal | undefined
    produced = async function* (invocation) {
      signal = invocation.signal
      yield 'first'
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal?.reason)))
    }
    client.receive(invokeStream('1', 'produce'))
    await client.nextSent()
    client.vanish()
    expect(signal?.aborted).to.equal(true)
    await client.ended
    expect(client.sent).to.deep.equal([reconnect])
    expect(server.logger.errors).to.deep.equal([])
  })

  it('returns the generator and asks it for nothing more', async () => {
    const next = new Deferred()
    const returned = new Deferred()
    let isThirdMade = false
    produced = async function* () {
      try {
        yield 'first'
        await next.promise
        yield 'second'
        isThirdMade = true
      } finally {
        returned.resolve()
      }
    }
    client.receive(invokeStream('1', 'produce'))
    await client.nextSent()
    client.vanish()
    await client.ended
    next.resolve()
    await returned.promise
    expect(isThirdMade).to.equal(false)
    expect(client.sent).to.deep.equal([reconnect])
  })

  it('returns a producer that was held back by a slow client', async () => {
    const returned = new Deferred()
    const catchUp = client.stall()
    produced = async function* () {
      try {
        for (;;) yield 'item'
      } finally {
        returned.resolve()
      }
    }
    client.receive(invokeStream('1', 'produce'))
    await client.nextSent()
    client.vanish()
    catchUp() // the connection's promise: `drained` resolves when the peer is gone
    await returned.promise
    expect(server.logger.errors).to.deep.equal([])
  })
})
