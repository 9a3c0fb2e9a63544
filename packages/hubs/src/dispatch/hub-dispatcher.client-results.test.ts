import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  answer,
  invoke,
  invokeStream,
  question,
  result,
  streamEnd,
  streamItem,
  upload,
  uploadEnd,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { stream } from '../authoring/stream-parameter.js'

/** What runs on after a method has returned. */
let background: Deferred

class AskingHub extends Hub {
  static hubMethods = { ask: 1, askTwice: 0, askLater: 0, hold: 1, ping: 0 }

  ask(name: string): Promise<unknown> {
    return this.clients.caller.invoke['Ask']!(name)
  }

  async askTwice(): Promise<unknown> {
    return [await this.ask('first'), await this.ask('second')]
  }

  /** Returns, and asks behind the back of its call. */
  askLater(): void {
    void background.promise.then(() => this.ask('later'))
  }

  hold(name: string): Promise<string> {
    const end = new Deferred<string>()
    held.set(name, end)
    return end.promise
  }

  ping(): string {
    return 'pong'
  }

  @hubMethod
  async *stream(): AsyncGenerator<unknown> {
    yield await this.ask('stream')
  }

  @hubMethod(stream())
  async upload(items: AsyncIterable<unknown>): Promise<unknown> {
    const asked = await this.ask('upload')
    for await (const item of items) void item
    return asked
  }
}

let held: Map<string, Deferred<string>>

describe('HubDispatcher, calls that wait for a client', () => {
  let client: TestConnection

  beforeEach(() => {
    held = new Map()
    background = new Deferred()
    client = new TestServer(AskingHub).connect()
  })

  it('lets another call run before the answer when the limit is 1', async () => {
    client.receive(invoke('1', 'ask', 'A') + invoke('2', 'ping') + answer('s1', 42))
    expect([await client.nextSent(), await client.nextSent(), await client.nextSent()]).to.have.members([
      question('s1', 'Ask', 'A'),
      result('2', 'pong'),
      result('1', 42),
    ])
  })

  it('reads an answer that stands behind a call which was waiting', async () => {
    client.receive(invoke('1', 'ask', 'A') + invoke('2', 'hold', 'B') + answer('s1', 42))
    expect(await client.nextSent()).to.equal(question('s1', 'Ask', 'A'))
    expect(await client.nextSent()).to.equal(result('1', 42))
  })

  it('gives one slot back, however often it asks', async () => {
    client.receive(invoke('1', 'askTwice') + invoke('2', 'hold', 'B'))
    await client.nextSent()
    client.receive(answer('s1', 1))
    expect(await client.nextSent()).to.equal(question('s2', 'Ask', 'second'))
    client.receive(invoke('3', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  it('gives none back when it ends', async () => {
    client.receive(invoke('1', 'ask', 'A') + invoke('2', 'hold', 'B'))
    await client.nextSent()
    client.receive(answer('s1', 1))
    expect(await client.nextSent()).to.equal(result('1', 1))
    client.receive(invoke('3', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([])
    held.get('B')!.resolve('B')
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([result('2', 'B'), result('3', 'pong')])
  })

  it('leaves the count alone when asked behind the back of a call that has returned', async () => {
    client.receive(invoke('1', 'askLater') + invoke('2', 'hold', 'B'))
    expect(await client.nextSent()).to.equal(result('1', null))
    background.resolve()
    expect(await client.nextSent()).to.equal(question('s1', 'Ask', 'later'))
    client.receive(invoke('3', 'ping') + answer('s1', 1))
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  it('takes the slot again for later calls', async () => {
    client.receive(invoke('1', 'ask', 'A'))
    await client.nextSent()
    client.receive(answer('s1', 1))
    await client.nextSent()
    client.receive(invoke('2', 'hold', 'B') + invoke('3', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  it('gives nothing back for a stream, which has no slot', async () => {
    client.receive(invoke('1', 'hold', 'A') + invokeStream('2', 'stream'))
    expect(await client.nextSent()).to.equal(question('s1', 'Ask', 'stream'))
    client.receive(answer('s1', 1))
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([streamItem('2', 1), streamEnd('2')])
    client.receive(invoke('3', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  it('gives nothing back for a method that reads a stream, which has no slot', async () => {
    client.receive(invoke('1', 'hold', 'A') + upload('2', 'upload', ['s']))
    expect(await client.nextSent()).to.equal(question('s1', 'Ask', 'upload'))
    client.receive(answer('s1', 1) + uploadEnd('s'))
    expect(await client.nextSent()).to.equal(result('2', 1))
    client.receive(invoke('3', 'ping'))
    await turn()
    expect(client.sent).to.deep.equal([])
  })

  it('takes a completion for the stream of that id first', async () => {
    client.receive(upload('1', 'upload', ['s1']))
    expect(await client.nextSent()).to.equal(question('s1', 'Ask', 'upload'))
    client.receive(uploadEnd('s1'))
    await turn()
    expect(client.sent).to.deep.equal([])
    client.receive(answer('s1', 1))
    expect(await client.nextSent()).to.equal(result('1', 1))
  })

  describe('from onConnected', () => {
    const refused = 'Client results inside OnConnectedAsync Hub methods are not allowed.'

    function connectTo(onConnected: (hub: Hub) => Promise<void>, options?: HubOptions): TestConnection {
      class ConnectingHub extends Hub {
        override onConnected(): Promise<void> {
          return onConnected(this)
        }
      }
      return new TestServer(ConnectingHub, options).connect()
    }

    it('are refused, which closes the connection', async () => {
      const client = connectTo(async hub => {
        await hub.clients.caller.invoke['Ask']!()
      })
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error."}'])
    })

    it('say so with detailed errors', async () => {
      const client = connectTo(
        async hub => {
          await hub.clients.caller.invoke['Ask']!()
        },
        { enableDetailedErrors: true },
      )
      await client.ended
      expect(client.sent).to.deep.equal([
        `{"type":7,"error":"Connection closed with an error. InvalidOperationException: ${refused}"}`,
      ])
    })

    it('are refused for any client', async () => {
      let error: unknown
      const client = connectTo(async hub => {
        error = await hub.clients.client('somebody').invoke['Ask']!().catch(error => error)
      })
      await turn()
      expect(error).to.have.property('message', refused)
      expect(client.closedWith).to.equal(undefined)
    })
  })
})
