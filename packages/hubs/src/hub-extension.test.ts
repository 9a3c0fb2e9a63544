import { TestServer } from '@signalbox/conformance'
import { invoke, ping, record, result, streamItem } from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from './authoring/hub.js'
import { hubMethod } from './authoring/hub-method.js'

class EchoHub extends Hub {
  @hubMethod
  echo(text: string): string {
    return text
  }
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

describe('Observers of frames', () => {
  it('see what comes and what is sent, with its bytes and who it is', () => {
    const seen: unknown[] = []
    const note =
      (what: string) =>
      (connection: { connectionId: string }, message: { type: unknown } | undefined, bytes: Uint8Array) => {
        seen.push([what, connection.connectionId, message?.type, Buffer.from(bytes).toString()])
      }
    const client = TestServer.extended(EchoHub, {
      onMessageReceived: note('in'),
      onMessageSent: note('out'),
    }).connect({ connectionId: 'one' })
    client.receive(ping + invoke('1', 'echo', 'a'))
    expect(seen).to.deep.equal([
      ['in', 'one', 6, ping],
      ['in', 'one', 1, invoke('1', 'echo', 'a')],
      ['out', 'one', 3, record(result('1', 'a'))],
    ])
    expect(client.sent).to.deep.equal([result('1', 'a')])
  })

  it('see the items of streams', async () => {
    class CountingHub extends Hub {
      @hubMethod
      async *count(): AsyncGenerator<number> {
        yield 1
        yield 2
      }
    }
    const sent: string[] = []
    const client = TestServer.extended(CountingHub, {
      onMessageSent: (_, __, bytes) => void sent.push(Buffer.from(bytes).toString()),
    }).connect()
    client.receive(record('{"type":4,"invocationId":"1","target":"count","arguments":[]}'))
    await turn()
    expect(sent).to.deep.equal([
      record(streamItem('1', 1)),
      record(streamItem('1', 2)),
      record('{"type":3,"invocationId":"1"}'),
    ])
  })

  it('see what was sent to many', async () => {
    const seen: unknown[] = []
    const server = TestServer.extended(EchoHub, {
      onMessageSent: ({ connectionId }, message) =>
        void seen.push([connectionId, (message as { target?: string }).target]),
    })
    server.connect({ connectionId: 'one' })
    server.connect({ connectionId: 'two' })
    await server.runtime.clients.all['news']!()
    expect(seen).to.deep.equal([
      ['one', 'news'],
      ['two', 'news'],
    ])
  })

  it('see a frame that the protocol cannot read, before its connection ends', async () => {
    const seen: unknown[] = []
    const client = TestServer.extended(EchoHub, {
      onMalformed: ({ isAborted }, error, bytes) =>
        void seen.push([isAborted, error.name, Buffer.from(bytes).toString()]),
    }).connect()
    client.receive(invoke('1', 'echo', 'a') + record('[1]'))
    await client.ended
    expect(seen).to.deep.equal([[false, 'HubProtocolError', record('[1]')]])
    expect(client.sent[0]).to.equal(result('1', 'a'))
  })

  it('see a message that is too large', async () => {
    const errors: string[] = []
    const client = TestServer.extended(EchoHub, {
      onMalformed: (_, error) => void errors.push(error.message),
    }).connect()
    client.receive('x'.repeat(40_000))
    await client.ended
    expect(errors).to.deep.equal([
      'The maximum message size of 32768B was exceeded. The message size can be configured in AddHubOptions.',
    ])
  })

  it('see connections come, before their hub does, and go, behind it', async () => {
    const seen: unknown[] = []
    class LifeHub extends Hub {
      override onConnected(): void {
        seen.push('hub: connected')
      }

      override onDisconnected(): void {
        seen.push('hub: disconnected')
      }
    }
    const client = TestServer.extended(LifeHub, {
      onConnected: ({ connectionId }) => void seen.push(`${connectionId} connected`),
      onDisconnected: ({ connectionId }, error) => void seen.push(`${connectionId} disconnected: ${error?.message}`),
    }).connect({ connectionId: 'one' })
    client.vanish(new Error('torn'))
    await client.ended
    expect(seen).to.deep.equal(['one connected', 'hub: connected', 'hub: disconnected', 'one disconnected: torn'])
  })

  it('that fail change nothing, and are told of', async () => {
    const server = TestServer.extended(
      EchoHub,
      {
        onMessageReceived: () => {
          throw new Error('broken')
        },
        onMessageSent: async () => {
          throw new Error('broken later')
        },
      },
      { onConnected: () => {} },
    )
    const client = server.connect()
    client.receive(invoke('1', 'echo', 'a'))
    await turn()
    expect(client.sent).to.deep.equal([result('1', 'a')])
    expect(server.logger.errors.map(({ message, error }) => [message, (error as Error).message])).to.deep.equal([
      ["onMessageReceived of the extension 'extension 1' failed.", 'broken'],
      ["onMessageSent of the extension 'extension 1' failed.", 'broken later'],
    ])
  })
})
