import type { Host, HostSocket } from '@signalbox/connections'
import { expect } from 'chai'
import { readHead, writeRequest } from '../raw-clients/raw-http.js'
import {
  clientFrame,
  handshakeHeaders,
  opcodes,
  type RawWebSocket,
  webSocketAccept,
} from '../raw-clients/raw-web-socket.js'
import { HostUnderTest, RecordingSocketHandler } from './host-under-test.js'

const messageBytes = 1 << 20
/** More than the two socket buffers of a local connection take. */
const mostMessages = 64

export function describeHostWebSockets(createHost: () => Host): void {
  describe('WebSockets', () => {
    let server: HostUnderTest

    beforeEach(async () => {
      server = await HostUnderTest.start(createHost)
    })

    afterEach(() => server.stop())

    it('are answered with 101 and the accept value of their key', async () => {
      const { client } = await server.webSocket()

      expect(client.handshake.status).to.equal(101)
      expect(client.handshake.header('sec-websocket-accept')).to.equal(webSocketAccept)
      expect(client.handshake.header('upgrade')?.toLowerCase()).to.equal('websocket')
      expect(client.handshake.header('connection')?.toLowerCase()).to.equal('upgrade')
    })

    it('get neither the subprotocol nor the compression they offer', async () => {
      const offers = { 'Sec-WebSocket-Protocol': 'json', 'Sec-WebSocket-Extensions': 'permessage-deflate' }
      const { connection, exchange } = await server.exchange({ path: '/', headers: { ...handshakeHeaders, ...offers } })
      exchange.acceptWebSocket(new RecordingSocketHandler())

      const head = await readHead(connection)
      expect(head.header('sec-websocket-protocol')).to.equal(undefined)
      expect(head.header('sec-websocket-extensions')).to.equal(undefined)
    })

    it('get the headers that are added to the 101', async () => {
      const { connection, exchange } = await server.exchange({ path: '/', headers: handshakeHeaders })
      exchange.acceptWebSocket(new RecordingSocketHandler(), { 'Set-Cookie': ['a=1', 'b=2'] })

      const head = await readHead(connection)
      expect(head.status).to.equal(101)
      expect(head.header('set-cookie')).to.equal('a=1, b=2')
    })

    it('send text in text frames', async () => {
      const { client, socket } = await server.webSocket()

      socket.send(Buffer.from('hello'), 'Text')

      expect(await client.readFrame()).to.deep.include({ opcode: opcodes.text, payload: Buffer.from('hello') })
    })

    for (const [name, text] of [
      ['a short one', 'hello'],
      ['one outside ASCII', 'h\u00e9llo \u{1f600}'],
      ['a long one', '\u20ac'.repeat(50_000)],
    ] as const) {
      it(`send text that is no bytes yet in text frames: ${name}`, async () => {
        const { client, socket } = await server.webSocket()

        const isTaken = socket.sendText?.(text) ?? socket.send(Buffer.from(text), 'Text')

        expect(isTaken).to.equal(true)
        expect(await client.readFrame()).to.deep.include({ opcode: opcodes.text, payload: Buffer.from(text) })
      })
    }

    it('send bytes in binary frames', async () => {
      const { client, socket } = await server.webSocket()

      socket.send(Buffer.from([0, 0xff]), 'Binary')

      expect(await client.readFrame()).to.deep.include({ opcode: opcodes.binary, payload: Buffer.from([0, 0xff]) })
    })

    it('say true while the peer reads, and buffer nothing', async () => {
      const { socket } = await server.webSocket()

      expect(socket.send(Buffer.from('hello'), 'Text')).to.equal(true)
      expect(socket.bufferedBytes).to.equal(0)
    })

    it('send a message of 2 MB between two small ones, in order', async () => {
      const { client, socket } = await server.webSocket()
      const large = Buffer.alloc(2 << 20, 'large')

      socket.send(Buffer.from('before'), 'Text')
      socket.send(large, 'Text')
      socket.send(Buffer.from('after'), 'Text')

      expect(await client.readText()).to.equal('before')
      expect((await client.readFrame()).payload.equals(large)).to.equal(true)
      expect(await client.readText()).to.equal('after')
    })

    const inbound = [
      { name: 'a text frame', frames: [clientFrame(opcodes.text, 'hello')], messages: ['hello'] },
      { name: 'a binary frame', frames: [clientFrame(opcodes.binary, 'hello')], messages: ['hello'] },
      { name: 'an empty frame', frames: [clientFrame(opcodes.text, '')], messages: [''] },
      {
        name: 'a fragmented message with a ping inside',
        frames: [
          clientFrame(opcodes.text, 'hel', false),
          clientFrame(opcodes.ping, ''),
          clientFrame(opcodes.continuation, 'lo', true),
        ],
        messages: ['hello'],
      },
      {
        name: 'several messages in one segment',
        frames: [Buffer.concat(['a', 'b', 'c'].map(text => clientFrame(opcodes.text, text)))],
        messages: ['a', 'b', 'c'],
      },
      {
        name: 'one message in many segments',
        frames: [...clientFrame(opcodes.text, 'hello')].map(byte => Buffer.from([byte])),
        messages: ['hello'],
      },
    ]

    for (const { name, frames, messages } of inbound) {
      it(`receive ${name}`, async () => {
        const { client, events } = await server.webSocket()

        for (const frame of frames) client.connection.write(frame)

        for (const message of messages) expect((await events.messages.next()).toString()).to.equal(message)
      })
    }

    it('tell the peer that has gone before it was accepted from one that opened', async () => {
      const connection = await server.connect()
      writeRequest(connection, { path: '/', headers: handshakeHeaders })
      const exchange = await server.nextExchange()
      const aborted = new Promise<void>(resolve => exchange.onAborted(resolve))
      connection.vanish()
      await aborted
      const events = new RecordingSocketHandler()

      exchange.acceptWebSocket(events)

      expect((await events.closes.next()).graceful).to.equal(false)
      expect(events.opened.length).to.equal(0)
    })

    describe('to a peer that stops reading', () => {
      let client: RawWebSocket
      let socket: HostSocket
      let events: RecordingSocketHandler
      let sent: number

      beforeEach(async () => {
        ;({ client, socket, events } = await server.webSocket())
        client.connection.stall()
        sent = 0
        while (sent < mostMessages && socket.send(Buffer.alloc(messageBytes, sent++), 'Binary')) {}
      })

      it('say false and count what they buffer', () => {
        expect(sent).to.be.below(mostMessages)
        expect(socket.bufferedBytes).to.be.within(1, messageBytes + 14)
      })

      it('count what is sent meanwhile', () => {
        const before = socket.bufferedBytes
        socket.send(Buffer.alloc(messageBytes, sent++), 'Binary')

        expect(socket.bufferedBytes).to.be.within(before + messageBytes, before + messageBytes + 14)
      })

      it('deliver all of it in order once the peer reads on', async () => {
        socket.send(Buffer.alloc(messageBytes, sent++), 'Binary')
        client.connection.resume()

        for (let message = 0; message < sent; message++)
          expect((await client.readFrame()).payload.equals(Buffer.alloc(messageBytes, message))).to.equal(true)
      })

      it('tell when nothing is buffered any more', async () => {
        client.connection.resume()

        do await events.drains.next()
        while (socket.bufferedBytes > 0)
      })

      it('deliver all of it before a close frame', async () => {
        socket.close(1000)
        client.connection.resume()
        for (let message = 0; message < sent; message++) await client.readFrame()

        expect((await client.readFrame()).opcode).to.equal(opcodes.close)
      })
    })
  })
}
