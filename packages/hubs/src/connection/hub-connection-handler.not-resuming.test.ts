import { TestServer } from '@signalbox/conformance'
import {
  ack,
  handshakeRequest,
  invoke,
  ping,
  record,
  result,
  resumableHandshakeRequest,
  sequence,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import { connectResumable } from '../testing/resumable-client.js'

let calls: string[]

class EchoHub extends Hub {
  static hubMethods = { echo: 1 }

  echo(value: string): string {
    return value
  }

  override onDisconnected(): void {
    calls.push('disconnected')
  }
}

describe('HubConnectionHandler, refusing to resume', () => {
  let server: TestServer

  beforeEach(() => {
    calls = []
    server = new TestServer(EchoHub)
  })

  it('is refused after the end', async () => {
    const { client } = connectResumable(server)
    client.vanish()
    await client.ended
    expect(client.receiver?.onReconnected?.()).to.equal(false)
  })

  it('does not wait for the client for ever: its time-out goes on without a socket', async () => {
    const { client } = connectResumable(server)
    client.receive(ping)
    server.heartbeatAfter(0)
    client.cut()
    server.heartbeatAfter(30_000)
    await client.ended
    expect(calls).to.deep.equal(['disconnected'])
  })

  describe('a client of version 1', () => {
    it('is told that it cannot', () => {
      const { client, sentBeforeDisabled } = connectResumable(server, { handshake: handshakeRequest })
      expect(sentBeforeDisabled()).to.deep.equal([])
      expect(client.reconnect()).to.equal(false)
    })

    it('gets no acknowledgement, and its own mean nothing', () => {
      const { client } = connectResumable(server, { handshake: handshakeRequest })
      client.receive(record(ack(7)) + record(sequence(7)) + invoke('1', 'echo', 'a'))
      server.heartbeatAfter(1_000)
      expect(client.sent).to.deep.equal([result('1', 'a')])
    })
  })

  it('is refused to a client that did not negotiate it', () => {
    const client = server.accept()
    client.receive(resumableHandshakeRequest)
    expect(client.reconnect()).to.equal(false)
  })
})
