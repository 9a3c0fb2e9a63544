import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  ack,
  invocation,
  invoke,
  invokeStream,
  record,
  result,
  resumableHandshakeRequest,
  sequence,
  streamEnd,
  streamItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { connectResumable } from '../testing/resumable-client.js'

let calls: string[]
let held: Deferred<string>

class EchoHub extends Hub {
  static hubMethods = { echo: 1, hold: 0, remember: 1, recall: 0, count: { streams: true, arguments: 0 } }

  echo(value: string): string {
    calls.push(value)
    return value
  }

  hold(): Promise<string> {
    return held.promise
  }

  remember(value: unknown): void {
    this.context.items.set('value', value)
  }

  recall(): unknown {
    return this.context.items.get('value')
  }

  async *count(): AsyncGenerator<string> {
    yield 'first'
    yield await held.promise
  }

  override onConnected(): void {
    calls.push('connected')
  }
}

describe('HubConnectionHandler, resuming', () => {
  let server: TestServer
  let client: TestConnection

  beforeEach(() => {
    calls = []
    held = new Deferred()
    server = new TestServer(EchoHub)
    client = connectResumable(server).client
  })

  /** Leaves numbers 1 to `count` unacknowledged. */
  function say(count: number): void {
    for (let number = 1; number <= count; number++) void server.runtime.clients.all['Said']!(number)
  }

  function resume(): void {
    client.cut()
    client.sent.length = 0
    expect(client.reconnect()).to.equal(true)
  }

  it('sends the number it goes on with first, then everything unacknowledged in order', () => {
    say(3)
    resume()
    expect(client.sent).to.deep.equal([
      sequence(1),
      invocation('Said', 1),
      invocation('Said', 2),
      invocation('Said', 3),
    ])
  })

  it('goes on behind what the client has acknowledged', () => {
    say(3)
    client.receive(record(ack(2)))
    resume()
    expect(client.sent).to.deep.equal([sequence(3), invocation('Said', 3)])
  })

  it('sends the next number when nothing is missing', () => {
    resume()
    expect(client.sent).to.deep.equal([sequence(1)])
    say(2)
    client.receive(record(ack(2)))
    resume()
    expect(client.sent).to.deep.equal([sequence(3)])
  })

  it('sends again what was sent while there was no socket', () => {
    say(1)
    client.cut()
    client.sent.length = 0
    void server.runtime.clients.all['Said']!('to nobody')
    expect(client.sent).to.deep.equal([])
    client.reconnect()
    expect(client.sent).to.deep.equal([sequence(1), invocation('Said', 1), invocation('Said', 'to nobody')])
  })

  it('sends new messages behind those it repeats', () => {
    say(1)
    resume()
    client.receive(invoke('1', 'echo', 'a'))
    expect(client.sent).to.deep.equal([sequence(1), invocation('Said', 1), result('1', 'a')])
  })

  it('repeats the same again when the socket is lost once more', () => {
    say(2)
    resume()
    const first = [...client.sent]
    resume()
    expect(client.sent).to.deep.equal(first)
  })

  it('takes an acknowledgement beyond what was sent for one of all, and no more', () => {
    say(1)
    client.receive(record(ack(4)))
    say(2)
    resume()
    expect(client.sent).to.deep.equal([sequence(2), invocation('Said', 1), invocation('Said', 2)])
  })

  it('does not run again what the client repeats', () => {
    client.receive(invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b'))
    resume()
    client.receive(record(sequence(1)) + invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b') + invoke('3', 'echo', 'c'))
    expect(calls).to.deep.equal(['connected', 'a', 'b', 'c'])
    expect(client.sent).to.deep.equal([sequence(1), result('1', 'a'), result('2', 'b'), result('3', 'c')])
  })

  it('runs what the client repeats and the server has not got', () => {
    client.receive(invoke('1', 'echo', 'a'))
    resume()
    client.receive(record(sequence(1)) + invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b'))
    expect(calls).to.deep.equal(['connected', 'a', 'b'])
  })

  it('obeys a sequence on a healthy connection too', () => {
    client.receive(invoke('1', 'echo', 'a') + record(sequence(1)) + invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b'))
    expect(calls).to.deep.equal(['connected', 'a', 'b'])
  })

  it('forgets half a message of the lost socket, which the client repeats', () => {
    const message = invoke('1', 'echo', 'a')
    client.receive(message.slice(0, 10))
    resume()
    client.receive(record(sequence(1)) + message)
    expect(calls).to.deep.equal(['connected', 'a'])
    expect(client.sent).to.deep.equal([sequence(1), result('1', 'a')])
  })

  it('runs once what waits for its turn and is repeated', async () => {
    const messages = invoke('1', 'hold') + invoke('2', 'echo', 'a') + invoke('3', 'echo', 'b')
    client.receive(messages)
    resume()
    client.receive(record(sequence(1)) + messages + invoke('4', 'echo', 'c'))
    held.resolve('end')
    expect(await client.nextSent()).to.equal(sequence(1))
    const answers: string[] = []
    while (answers.length < 4) answers.push(await client.nextSent())
    expect(answers).to.deep.equal([result('1', 'end'), result('2', 'a'), result('3', 'b'), result('4', 'c')])
    expect(calls).to.deep.equal(['connected', 'a', 'b', 'c'])
  })

  it('stays the same connection: items, calls and streams go on, and onConnected is not called again', async () => {
    client.receive(invoke('1', 'remember', 42) + invokeStream('2', 'count') + invoke('3', 'hold'))
    for (let answer = 0; answer < 2; answer++) await client.nextSent()
    client.receive(record(ack(2)))
    client.cut()
    held.resolve('held')
    await held.promise
    client.reconnect()
    client.receive(record(sequence(4)) + invoke('4', 'recall'))
    const sent: string[] = []
    while (sent.length < 5) sent.push(await client.nextSent())
    expect(sent[0]).to.equal(sequence(3))
    expect(sent).to.have.members([
      sequence(3),
      streamItem('2', 'held'),
      streamEnd('2'),
      result('3', 'held'),
      result('4', 42),
    ])
    expect(calls).to.deep.equal(['connected'])
  })

  it('can be resumed while onConnected runs', async () => {
    const connected = new Deferred()
    class SlowHub extends Hub {
      override async onConnected(): Promise<void> {
        await connected.promise
        await this.clients.caller['Said']!('welcome')
      }
    }
    client = connectResumable(new TestServer(SlowHub)).client
    resume()
    connected.resolve()
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
      sequence(1),
      invocation('Said', 'welcome'),
    ])
  })

  for (const [what, lost] of Object.entries({
    nothing: '',
    half: resumableHandshakeRequest.slice(0, 10),
  })) {
    it(`lets the handshake come on the second socket when ${what} of it came on the first`, () => {
      client = server.accept({ statefulReconnect: { maximumBufferBytes: 1_000, disable: () => {} } })
      client.receive(lost)
      resume()
      client.receive(resumableHandshakeRequest + invoke('1', 'echo', 'a'))
      expect(client.sent).to.deep.equal(['{}', result('1', 'a')])
    })
  }
})
