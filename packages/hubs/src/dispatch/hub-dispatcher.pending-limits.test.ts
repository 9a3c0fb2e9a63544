import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  answer,
  failure,
  invoke,
  invokeStream,
  question,
  result,
  upload,
  uploadEnd,
  uploadItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { hubMethod } from '../authoring/hub-method.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { stream } from '../authoring/stream-parameter.js'

/** When the method that reads its stream late begins to. */
let reading: Deferred

class PendingHub extends Hub {
  static hubMethods = { ask: 1, ping: 0, produce: { arguments: 1, streams: true } }

  ask(text: string): Promise<unknown> {
    return this.clients.caller.invoke['Ask']!(text.length)
  }

  @hubMethod(stream())
  async collect(items: AsyncIterable<unknown>): Promise<number> {
    let count = 0
    await reading.promise
    for await (const item of items) if (item !== null) count++
    return count
  }

  async *produce(_text: string): AsyncGenerator<unknown> {
    await new Promise(() => {})
    yield 'never'
  }

  ping(): string {
    return 'pong'
  }
}

const tooMany = (id: string, count: number): string =>
  failure(
    id,
    `No more than ${count} invocations may be pending on one connection (maximumPendingInvocationsPerClient).`,
  )

const tooLarge = (id: string, bytes: number): string =>
  failure(
    id,
    `No more than ${bytes} bytes of calls may be pending on one connection (maximumPendingInvocationBytesPerClient).`,
  )

describe('HubDispatcher, the limits of pending invocations', () => {
  let server: TestServer
  let client: TestConnection

  beforeEach(() => {
    reading = new Deferred()
    reading.resolve()
  })

  function connect(options: HubOptions): void {
    server = new TestServer(PendingHub, options)
    client = server.connect()
  }

  describe('in number', () => {
    it('refuses one more call while as many read streams of the client, and takes it when one has ended', async () => {
      connect({ maximumPendingInvocationsPerClient: 2 })
      client.receive(upload('1', 'collect', ['a']) + upload('2', 'collect', ['b']) + upload('3', 'collect', ['c']))
      expect(client.sent.splice(0)).to.deep.equal([tooMany('3', 2)])
      client.receive(uploadEnd('a'))
      expect(await client.nextSent()).to.equal(result('1', 0))
      client.receive(upload('4', 'collect', ['d']) + uploadEnd('d'))
      expect(await client.nextSent()).to.equal(result('4', 0))
    })

    it('refuses one more call while as many wait for results of the client, and takes it when one has come', async () => {
      connect({ maximumPendingInvocationsPerClient: 2 })
      client.receive(invoke('1', 'ask', '') + invoke('2', 'ask', ''))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([
        question('s1', 'Ask', 0),
        question('s2', 'Ask', 0),
      ])
      client.receive(invoke('3', 'ask', '') + answer('s1', 'yes'))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([tooMany('3', 2), result('1', 'yes')])
      client.receive(invoke('4', 'ping'))
      expect(client.sent).to.deep.equal([result('4', 'pong')])
    })

    it('does not count what holds a slot, nor streams to the client', () => {
      connect({ maximumPendingInvocationsPerClient: 1, maximumParallelInvocationsPerClient: 5 })
      client.receive(invokeStream('1', 'produce', '') + invokeStream('2', 'produce', '') + invoke('3', 'ping'))
      expect(client.sent).to.deep.equal([result('3', 'pong')])
    })

    it('counts no call that was refused for another reason', () => {
      connect({ maximumPendingInvocationsPerClient: 1 })
      for (const id of ['1', '2']) client.receive(upload(id, 'collect', ['a', 'b']))
      client.receive(upload('3', 'collect', ['c']) + invoke('4', 'ping'))
      expect(client.sent.map(text => JSON.parse(text).invocationId)).to.deep.equal(['1', '2', '4'])
      expect(client.sent.at(-1)).to.equal(tooMany('4', 1))
    })

    it('lets other clients go on', () => {
      connect({ maximumPendingInvocationsPerClient: 1 })
      client.receive(upload('1', 'collect', ['a']) + upload('2', 'collect', ['b']))
      const other = server.connect()
      other.receive(invoke('1', 'ping'))
      expect(other.sent).to.deep.equal([result('1', 'pong')])
    })

    it('is said in the log, with the option', () => {
      connect({ maximumPendingInvocationsPerClient: 1 })
      client.receive(upload('1', 'collect', ['a']) + upload('2', 'collect', ['b']))
      expect(server.logger.warnings).to.deep.equal([
        'A call of PendingHub.collect was refused: No more than 1 invocations may be pending on one connection (maximumPendingInvocationsPerClient).',
      ])
    })
  })

  describe('in bytes', () => {
    const text = 'x'.repeat(100)

    it('refuses one more call while those that wait for the client hold more, whatever its size', async () => {
      connect({ maximumPendingInvocationBytesPerClient: 200 })
      client.receive(invoke('1', 'ask', text) + invoke('2', 'ask', text) + invoke('3', 'ping'))
      expect(client.sent.at(-1)).to.equal(tooLarge('3', 200))
      client.receive(answer('s1', 1))
      await turn()
      client.receive(invoke('4', 'ping'))
      expect(client.sent.slice(-2)).to.deep.equal([result('1', 1), result('4', 'pong')])
    })

    it('counts streams to the client', () => {
      connect({ maximumPendingInvocationBytesPerClient: 200 })
      client.receive(['1', '2', '3'].map(id => invokeStream(id, 'produce', text)).join(''))
      expect(client.sent).to.deep.equal([tooLarge('3', 200)])
    })

    it('grows with the size a message may have', () => {
      connect({ maximumReceiveMessageSizeBytes: 1_000_000 })
      const large = 'x'.repeat(900_000)
      client.receive(invokeStream('1', 'produce', large) + invokeStream('2', 'produce', large) + invoke('3', 'ping'))
      expect(client.sent).to.deep.equal([result('3', 'pong')])
    })

    it('holds the client back while so much of its streams is unread, and loses nothing', async () => {
      reading = new Deferred()
      connect({ maximumPendingInvocationBytesPerClient: 200, streamBufferCapacityItems: 100 })
      client.receive(upload('1', 'collect', ['a']) + uploadItem('a', text) + uploadItem('a', text))
      client.receive(uploadItem('a', 'does not fit') + uploadEnd('a') + invoke('2', 'ping'))
      await turn()
      expect(client.sent).to.deep.equal([])
      expect(client.isPaused).to.equal(true)
      reading.resolve()
      expect([await client.nextSent(), await client.nextSent()]).to.have.members([result('2', 'pong'), result('1', 3)])
      expect(client.isPaused).to.equal(false)
    })
  })

  for (const kind of ['uploads', 'results', 'streams'])
    it(`keeps a process of 64 MB alive that is sent 13.5 MB of calls: ${kind}`, async function () {
      this.timeout(30_000)
      const program = fileURLToPath(new URL('../testing/flood-of-calls.js', import.meta.url))
      const child = spawn(process.execPath, ['--max-old-space-size=64', program, kind], { stdio: 'ignore' })
      expect(await once(child, 'exit')).to.deep.equal([0, null])
    })
})
