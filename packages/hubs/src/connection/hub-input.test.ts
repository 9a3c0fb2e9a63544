import { setImmediate as turn } from 'node:timers/promises'
import { type TestConnection, TestServer } from '@signalbox/conformance'
import { invoke, result } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'

let server: TestServer

/** Methods that take a millisecond each, and one that takes none. */
class BusyHub extends Hub {
  static hubMethods = { work: 1, workLater: 1, ping: 0 }

  work(value: number): number {
    server.clock.advance(1)
    return value
  }

  async workLater(value: number): Promise<number> {
    return this.work(value)
  }

  ping(): string {
    return 'pong'
  }
}

const count = 200

describe('ReceiveLoop, with many calls in one message', () => {
  let client: TestConnection
  let other: TestConnection

  beforeEach(() => {
    server = new TestServer(BusyHub)
    client = server.connect()
    other = server.connect()
  })

  const calls = (method: string): string =>
    Array.from({ length: count }, (_, index) => invoke(String(index), method, index)).join('')
  const answers = Array.from({ length: count }, (_, index) => result(String(index), index))

  async function untilAllAreAnswered(expected = count): Promise<void> {
    while (client.sent.length < expected) await turn()
  }

  for (const [kind, method] of [
    ['synchronous', 'work'],
    ['asynchronous', 'workLater'],
  ] as const) {
    describe(`of a ${kind} method`, () => {
      it('serves other connections meanwhile', async () => {
        client.receive(calls(method))
        await turn()
        expect(client.sent).to.have.lengthOf.within(1, count / 2)
        other.receive(invoke('1', 'ping'))
        expect(other.sent).to.deep.equal([result('1', 'pong')])
      })

      it('answers all of them in order', async () => {
        client.receive(calls(method))
        await untilAllAreAnswered()
        expect(client.sent).to.deep.equal(answers)
      })

      it('keeps what comes later behind them', async () => {
        client.receive(calls(method))
        await turn()
        client.receive(invoke('late', 'ping'))
        await untilAllAreAnswered(count + 1)
        expect(client.sent).to.deep.equal([...answers, result('late', 'pong')])
      })

      it('reads them before the end when the client says goodbye behind them', async () => {
        client.receive(calls(method))
        client.leave()
        await client.ended
        // The end waits for no call that has begun.
        expect(client.sent.slice(0, count - 1)).to.deep.equal(answers.slice(0, -1))
      })

      it('reads no more of them once the client has vanished', async () => {
        client.receive(calls(method))
        client.vanish()
        await client.ended
        await turn()
        expect(client.sent).to.have.lengthOf.below(count / 2)
      })
    })
  }

  it('holds no client back meanwhile', async () => {
    client.receive(calls('workLater'))
    await turn()
    expect(client.isPaused).to.equal(false)
    expect(client.sent).to.have.lengthOf.below(count / 2)
  })

  it('reads on at once while more is unread than it may keep', () => {
    client.receive(calls('work'))
    expect(client.sent).to.have.lengthOf.below(count / 2)
    client.receive(invoke('large', 'work', 'x'.repeat(20_000)).repeat(55))
    expect(client.sent).to.have.lengthOf.within(count / 2, count + 40)
  })

  it('does not take a client for late that waits for its turn', async () => {
    client.receive('{"type":6}\x1e')
    server.heartbeatAfter(1)
    server.heartbeatAfter(1)
    client.receive(calls('work'))
    server.heartbeatAfter(29_999)
    server.heartbeatAfter(29_999)
    server.heartbeatAfter(29_999)
    await untilAllAreAnswered()
  })
})
