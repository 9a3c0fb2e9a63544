import { setImmediate as turn } from 'node:timers/promises'
import { Deferred, type TestConnection, TestServer } from '@signalbox/conformance'
import {
  answer,
  handshakeRequest,
  invoke,
  invokeStream,
  record,
  result,
  send,
  upload,
  uploadEnd,
  uploadItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { stream } from '../authoring/stream-parameter.js'
import type { Invocation } from '../dispatch/hub-invocation.js'

const reconnect = '{"type":7,"allowReconnect":true}'

describe('HubConnectionHandler, draining', () => {
  let held: Deferred
  let connecting: Promise<void> | undefined
  let errors: (Error | undefined)[]
  let signals: AbortSignal[]

  class BusyHub extends Hub {
    static hubMethods = {
      hold: 0,
      add: 2,
      count: 0,
      sum: { arguments: [stream()] },
      ask: 0,
    }

    override onConnected(): void | Promise<void> {
      return connecting
    }

    override onDisconnected(error: Error | undefined): void {
      errors.push(error)
    }

    async hold({ signal }: Invocation): Promise<string> {
      signals.push(signal)
      await held.promise
      return 'held'
    }

    add(a: number, b: number): number {
      return a + b
    }

    async *count(): AsyncGenerator<number> {
      yield 1
      await held.promise
      yield 2
    }

    async sum(numbers: AsyncIterable<number>): Promise<number> {
      let sum = 0
      for await (const number of numbers) sum += number
      return sum
    }

    async ask(): Promise<unknown> {
      return this.clients.caller.invoke['question']!()
    }
  }

  beforeEach(() => {
    held = new Deferred()
    connecting = undefined
    errors = []
    signals = []
  })

  const connect = (options?: HubOptions): TestConnection => new TestServer(BusyHub, options).connect()
  const drain = (client: TestConnection): void => client.receiver!.onDraining!()

  it('says goodbye at once where nothing is under way, and tells the hub', async () => {
    const client = connect()
    drain(client)
    expect(client.sent).to.deep.equal([reconnect])
    await client.ended
    expect([client.closedWith, errors]).to.deep.equal([{ error: undefined }, [undefined]])
  })

  it('lets a call end first', async () => {
    const client = connect()
    client.receive(invoke('1', 'hold'))
    drain(client)
    await turn()
    expect(client.sent).to.deep.equal([])
    expect(signals[0]!.aborted).to.equal(false)
    held.resolve()
    await client.ended
    expect(client.sent).to.deep.equal([result('1', 'held'), reconnect])
  })

  it('lets a call end first that wants no answer', async () => {
    const client = connect()
    client.receive(send('hold'))
    drain(client)
    await turn()
    expect(client.sent).to.deep.equal([])
    held.resolve()
    await client.ended
    expect(client.sent).to.deep.equal([reconnect])
  })

  it('lets calls end that wait for their turn', async () => {
    const client = connect()
    client.receive(invoke('1', 'hold'))
    client.receive(invoke('2', 'add', 1, 2) + invoke('3', 'add', 3, 4))
    drain(client)
    held.resolve()
    await client.ended
    expect(client.sent).to.deep.equal([result('1', 'held'), result('2', 3), result('3', 7), reconnect])
  })

  it('lets all of several calls end that run side by side', async () => {
    const client = connect({ maximumParallelInvocationsPerClient: 2 })
    client.receive(invoke('1', 'hold') + invoke('2', 'add', 1, 2))
    drain(client)
    await turn()
    expect(client.sent).to.deep.equal([result('2', 3)])
    held.resolve()
    await client.ended
    expect(client.sent).to.deep.equal([result('2', 3), result('1', 'held'), reconnect])
  })

  it('goes on to serve while it waits', async () => {
    const client = connect({ maximumParallelInvocationsPerClient: 2 })
    client.receive(invoke('1', 'hold'))
    drain(client)
    client.receive(invoke('2', 'add', 1, 2))
    expect(client.sent).to.deep.equal([result('2', 3)])
  })

  it('lets a stream end first', async () => {
    const client = connect()
    client.receive(invokeStream('1', 'count'))
    drain(client)
    await turn()
    held.resolve()
    await client.ended
    expect(client.sent).to.deep.equal([
      '{"type":2,"invocationId":"1","item":1}',
      '{"type":2,"invocationId":"1","item":2}',
      '{"type":3,"invocationId":"1"}',
      reconnect,
    ])
  })

  it('lets an upload end first', async () => {
    const client = connect()
    client.receive(upload('1', 'sum', ['s']))
    client.receive(uploadItem('s', 2))
    drain(client)
    await turn()
    client.receive(uploadItem('s', 3) + uploadEnd('s'))
    await client.ended
    expect(client.sent).to.deep.equal([result('1', 5), reconnect])
  })

  it('lets a client answer what it was asked first', async () => {
    const client = connect()
    client.receive(invoke('1', 'ask'))
    const asked = JSON.parse(await client.nextSent()) as { invocationId: string }
    drain(client)
    await turn()
    client.receive(answer(asked.invocationId, 42))
    await client.ended
    expect(client.sent).to.deep.equal([result('1', 42), reconnect])
  })

  it('lets onConnected end first', async () => {
    connecting = held.promise
    const client = new TestServer(BusyHub).accept()
    client.receive(handshakeRequest)
    drain(client)
    await turn()
    expect(client.sent).to.deep.equal(['{}'])
    held.resolve()
    await client.ended
    expect(client.sent).to.deep.equal(['{}', reconnect])
  })

  it('lets in what came before it, and fails nobody for half a message', async () => {
    const client = connect()
    client.receive(record('{"type":6}') + invoke('1', 'add', 1, 2).slice(0, 10))
    drain(client)
    await client.ended
    expect([client.sent, errors]).to.deep.equal([[reconnect], [undefined]])
  })

  it('ends at once what takes too long, with its signal', async () => {
    const client = connect()
    client.receive(invoke('1', 'hold'))
    drain(client)
    client.vanish()
    await client.ended
    expect([client.sent, signals[0]!.aborted]).to.deep.equal([[reconnect], true])
  })
})
