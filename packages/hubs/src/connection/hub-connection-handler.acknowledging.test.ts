import { TestServer } from '@signalbox/conformance'
import {
  ack,
  answer,
  cancel,
  failure,
  invoke,
  invokeStream,
  ping,
  record,
  result,
  sequence,
  uploadEnd,
  uploadItem,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { connectResumable } from '../testing/resumable-client.js'
import { text } from '../testing/standard-schema.js'

let ends: unknown[]

class EchoHub extends Hub {
  static hubMethods = { echo: [text] }

  echo(value: string): string {
    return value
  }

  override onDisconnected(error: Error | undefined): void {
    ends.push(error)
  }
}

const gap = "Sequence ID greater than amount of messages we've received."

describe('HubConnectionHandler, acknowledging', () => {
  beforeEach(() => {
    ends = []
  })

  function connect(options: HubOptions = {}) {
    const server = new TestServer(EchoHub, options)
    return { server, client: connectResumable(server).client }
  }

  it('tells at a heartbeat what has come, once', () => {
    const { server, client } = connect()
    client.receive(invoke('1', 'echo', 'a') + invoke('2', 'echo', 'b'))
    client.sent.length = 0
    server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([ack(2)])
    client.sent.length = 0
    server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([])
    client.receive(invoke('3', 'echo', 'c'))
    server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([result('3', 'c'), ack(3)])
  })

  it('tells nothing before anything has come', () => {
    const { server, client } = connect()
    server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([])
  })

  it('tells again when the client repeats something', () => {
    const { server, client } = connect()
    client.receive(invoke('1', 'echo', 'a'))
    server.heartbeatAfter(1_000)
    client.cut()
    client.sent.length = 0
    client.reconnect()
    client.receive(record(sequence(1)) + invoke('1', 'echo', 'a'))
    server.heartbeatAfter(1_000)
    expect(client.sent).to.deep.equal([sequence(1), result('1', 'a'), ack(1)])
  })

  describe('counts', () => {
    const counted: Readonly<Record<string, string>> = {
      'a call': invoke('1', 'echo', 'a'),
      'a call of an unknown method': invoke('1', 'nope'),
      'a call whose arguments do not fit': invoke('1', 'echo', 5),
      'a call with too many arguments': invoke('1', 'echo', 'a', 'b'),
      'a stream invocation': invokeStream('1', 'echo', 'a'),
      'an item of no stream': uploadItem('x', 1),
      'an item of no stream, in another order': record('{"type":2,"item":1,"invocationId":"x"}'),
      'the end of no stream': uploadEnd('x'),
      'an answer nobody waits for': answer('s1', 1),
      'a cancel of nothing': cancel('x'),
    }
    for (const [what, message] of Object.entries(counted)) {
      it(`${what}, once`, () => {
        const { server, client } = connect()
        client.receive(message)
        client.sent.length = 0
        server.heartbeatAfter(1_000)
        expect(client.sent).to.deep.equal([ack(1)])
      })
    }

    for (const [what, message] of Object.entries({
      ping,
      'an ack': record(ack(1)),
      'a sequence': record(sequence(1)),
    })) {
      it(`no ${what} of the client`, () => {
        const { server, client } = connect()
        client.receive(message)
        server.heartbeatAfter(1_000)
        expect(client.sent).to.deep.equal([])
      })
    }

    it('a call that cannot be bound, so its repetition is not answered again', () => {
      const { client } = connect()
      client.receive(invoke('1', 'nope') + record(sequence(1)) + invoke('1', 'nope'))
      expect(client.sent).to.deep.equal([
        failure('1', "Failed to invoke 'nope' due to an error on the server. HubException: Method does not exist."),
      ])
    })

    it('neither pings nor acks nor sequences of the server', () => {
      const { server, client } = connect({ keepAliveIntervalMs: 1_000 })
      client.receive(invoke('1', 'nope'))
      server.heartbeatAfter(1_001)
      client.reconnect()
      client.sent.length = 0
      client.receive(record(ack(1)))
      client.reconnect()
      expect(client.sent).to.deep.equal([sequence(2)])
    })
  })

  describe('at a sequence that cannot be', () => {
    for (const sequenceId of [2, 0, -1]) {
      it(`closes the connection for ${sequenceId} before anything came`, async () => {
        const { client } = connect({ enableDetailedErrors: true })
        client.receive(record(sequence(sequenceId)))
        await client.ended
        const error = `Connection closed with an error. InvalidOperationException: ${gap}`
        expect(client.sent).to.deep.equal([JSON.stringify({ type: 7, error, allowReconnect: true })])
        expect(ends[0]).to.have.property('message', gap)
      })
    }

    it('says no more than that without detailed errors', async () => {
      const { client } = connect()
      client.receive(record(sequence(2)))
      await client.ended
      expect(client.sent).to.deep.equal(['{"type":7,"error":"Connection closed with an error.","allowReconnect":true}'])
    })
  })
})
