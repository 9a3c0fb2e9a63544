import { Deferred, TestServer } from '@signalbox/conformance'
import {
  ack,
  close,
  invocation,
  invoke,
  invokeStream,
  record,
  result,
  sequence,
} from '@signalbox/conformance/json-messages'
import { expect } from 'chai'
import { Hub } from '../authoring/hub.js'
import type { HubOptions } from '../authoring/hub-options.js'
import { connectResumable } from '../testing/resumable-client.js'

/** What the method does. */
let sending: (hub: Hub) => Promise<unknown>
let ends: unknown[]

class SendingHub extends Hub {
  static hubMethods = { echo: 1, send: 0 }

  echo(value: string): string {
    return value
  }

  send(): Promise<unknown> {
    return sending(this)
  }

  override onDisconnected(error: Error | undefined): void {
    ends.push(error)
  }
}

describe('HubConnectionHandler, what can be resumed', () => {
  beforeEach(() => {
    ends = []
  })

  function connect(options: HubOptions = {}, maximumBufferBytes = 1_048_576) {
    const server = new TestServer(SendingHub, options)
    return { server, ...connectResumable(server, { maximumBufferBytes }) }
  }

  describe('while the client acknowledges nothing', () => {
    const message = invocation('Said', 'x'.repeat(20))
    const say = (hub: Hub) => hub.clients.caller['Said']!('x'.repeat(20))
    const limit = { statefulReconnectBufferSizeBytes: message.length + 10 }

    it('lets an awaiting sender wait until it does', async () => {
      const { client } = connect(limit)
      let isSent = false
      sending = async hub => {
        await say(hub)
        isSent = true
        await say(hub)
        return 'done'
      }
      client.receive(invoke('1', 'send'))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([message, message])
      expect(isSent).to.equal(true)
      client.receive(invokeStream('2', 'echo', 'a')) // refused: the loop is not blocked, only the sender is
      expect(await client.nextSent()).to.contain('"invocationId":"2"')
      expect(client.sent).to.deep.equal([])
      client.receive(record(ack(3)))
      expect(await client.nextSent()).to.equal(result('1', 'done'))
    })

    it('holds back a sender only that awaits', async () => {
      const { client } = connect(limit)
      sending = async hub => {
        for (let count = 0; count < 3; count++) void say(hub)
        return 'done'
      }
      client.receive(invoke('1', 'send'))
      for (let count = 0; count < 3; count++) expect(await client.nextSent()).to.equal(message)
      expect(await client.nextSent()).to.equal(result('1', 'done'))
    })

    it('sends no ping on top', () => {
      const { server, client } = connect({ ...limit, keepAliveIntervalMs: 1_000 })
      for (let count = 0; count < 2; count++) void server.runtime.clients.all['Said']!('x'.repeat(20))
      server.heartbeatAfter(1_001)
      expect(client.sent).to.deep.equal([message, message])
    })

    it('lets the sender go when the connection ends', async () => {
      const { client } = connect(limit)
      const sent = new Deferred()
      sending = async hub => {
        await Promise.all([say(hub), say(hub)])
        sent.resolve()
      }
      client.receive(invoke('1', 'send'))
      client.vanish()
      await sent.promise
    })

    it('lets go of the oldest beyond the maximum, and refuses to resume', async () => {
      const { server, client } = connect(limit, message.length * 2)
      for (let count = 0; count < 3; count++) void server.runtime.clients.all['Said']!('x'.repeat(20))
      client.cut()
      expect(client.reconnect()).to.equal(false)
      await client.ended
      expect(ends).to.deep.equal([undefined])
    })

    it('resumes all the same once the client has acknowledged what was let go', () => {
      const { server, client } = connect(limit, message.length * 2 + 2)
      for (let count = 0; count < 3; count++) void server.runtime.clients.all['Said']!('x'.repeat(20))
      client.receive(record(ack(1)))
      client.sent.length = 0
      expect(client.reconnect()).to.equal(true)
      expect(client.sent).to.deep.equal([sequence(2), message, message])
    })

    it('does not let a call that waits for its turn stop the acks behind it', async () => {
      const { client } = connect(limit)
      sending = async hub => {
        await say(hub)
        await say(hub)
        return 'done'
      }
      client.receive(invoke('1', 'send'))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([message, message])
      client.receive(invoke('2', 'echo', 'a') + record(ack(2)))
      expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([result('1', 'done'), result('2', 'a')])
    })

    it('does not let onConnected wait for acks, which nobody reads meanwhile', async () => {
      class WelcomingHub extends SendingHub {
        override async onConnected(): Promise<void> {
          for (let count = 0; count < 3; count++) await say(this)
        }
      }
      const { client } = connectResumable(new TestServer(WelcomingHub, limit))
      client.receive(record(ack(3)) + invoke('1', 'echo', 'a'))
      for (let count = 0; count < 3; count++) expect(await client.nextSent()).to.equal(message)
      expect(await client.nextSent()).to.equal(result('1', 'a'))
    })
  })

  describe('when the connection ends', () => {
    const endings: Readonly<Record<string, string>> = {
      'an error': record('{"type":1}'),
      'the client': close,
      'the application': invoke('1', 'send'),
    }
    for (const [what, message] of Object.entries(endings)) {
      it(`by ${what}, refuses to be resumed before the Close goes out`, async () => {
        const { client, sentBeforeDisabled } = connect()
        sending = async hub => hub.context.abort()
        client.receive(message)
        await client.ended
        expect(sentBeforeDisabled()).to.deep.equal([])
        expect(client.sent).to.have.lengthOf(1)
        expect(client.sent[0]).to.match(/^\{"type":7/)
        expect(client.receiver?.onReconnected?.()).to.equal(false)
      })
    }
  })
})
