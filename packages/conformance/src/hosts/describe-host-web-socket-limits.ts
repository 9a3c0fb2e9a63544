import { expect } from 'chai'
import { clientFrame, opcodes } from '../raw-clients/raw-web-socket.js'
import { turn } from '../waiting/turn.js'
import type { HostFactory, HostTraits } from './host-traits.js'
import { HostUnderTest } from './host-under-test.js'

const limitBytes = 100_000
const defaultLimitBytes = 1_048_576
/** Together more than the socket buffers of a local connection take. */
const manyMessages = 200

export function describeHostWebSocketLimits(createHost: HostFactory, { canPause }: HostTraits): void {
  describe('a WebSocket message', () => {
    let server: HostUnderTest

    beforeEach(async () => {
      server = await HostUnderTest.start(() => createHost({ maximumWebSocketMessageBytes: limitBytes }))
    })

    afterEach(() => server.stop())

    it('may be as long as the limit', async () => {
      const { client, events } = await server.webSocket()
      client.connection.write(clientFrame(opcodes.binary, Buffer.alloc(limitBytes)))

      expect((await events.messages.next()).length).to.equal(limitBytes)
    })

    it('may have 1 MiB, and not a byte more, where nothing is said', async () => {
      const byDefault = await HostUnderTest.start(() => createHost())
      try {
        const { client, events } = await byDefault.webSocket()
        client.connection.write(clientFrame(opcodes.binary, Buffer.alloc(defaultLimitBytes)))
        expect((await events.messages.next()).length).to.equal(defaultLimitBytes)

        client.connection.write(clientFrame(opcodes.binary, Buffer.alloc(defaultLimitBytes + 1)))
        expect((await events.closes.next()).graceful).to.equal(false)
        expect(events.messages.length).to.equal(0)
      } finally {
        byDefault.stop()
      }
    })

    for (const [name, frames] of [
      ['in one frame', [clientFrame(opcodes.binary, Buffer.alloc(limitBytes + 1))]],
      [
        'in fragments',
        [
          clientFrame(opcodes.binary, Buffer.alloc(limitBytes), false),
          clientFrame(opcodes.continuation, Buffer.alloc(1)),
        ],
      ],
    ] as const) {
      it(`above the limit ends the socket without a close frame, ${name}`, async () => {
        const { client, events } = await server.webSocket()
        client.connection.write(Buffer.concat(frames))

        const { graceful, error } = await events.closes.next()
        expect([graceful, error instanceof Error]).to.deep.equal([false, true])
        expect((await client.connection.readToEnd()).length).to.equal(0)
        expect(events.messages.length).to.equal(0)
      })
    }

    it('is heard from a client that pings now and then and does not read', async () => {
      const { client, events } = await server.webSocket()
      client.connection.stall()
      client.connection.write(clientFrame(opcodes.ping, Buffer.alloc(125)))
      client.sendText('hello')

      expect((await events.messages.next()).toString()).to.equal('hello')
    })

    if (canPause) {
      it('waits with the client while the socket is paused', async () => {
        const { client, socket, events } = await server.webSocket()
        socket.pause!()
        for (let sent = 0; sent < manyMessages; sent++)
          client.connection.write(clientFrame(opcodes.binary, Buffer.alloc(limitBytes, sent)))
        const other = await server.webSocket()
        other.client.sendText('hello')
        await other.events.messages.next()
        expect(events.messages.length).to.equal(0)
        expect(client.connection.unsentBytes).to.be.above(0)

        socket.resume!()
        for (let sent = 0; sent < manyMessages; sent++)
          expect((await events.messages.next()).equals(Buffer.alloc(limitBytes, sent))).to.equal(true)
      })

      it('need not wait when it goes out, nor a close frame, while the socket is paused', async () => {
        const { client, socket, events } = await server.webSocket()
        socket.pause!()
        socket.send(Buffer.from('hello'), 'Text')
        expect(await client.readText()).to.equal('hello')
        socket.close(1000)
        await client.readFrame()
        client.sendClose(1000)

        expect((await events.closes.next()).graceful).to.equal(true)
      })
    } else {
      it('is not heard any more from one that pings without end and does not read', async () => {
        const { client, events } = await server.webSocket()
        client.connection.stall()
        const pings = Buffer.concat(Array.from({ length: 1000 }, () => clientFrame(opcodes.ping, Buffer.alloc(125))))
        const isCut = events.closes.next()
        let end: { readonly error: Error | undefined } | undefined
        void isCut.then(close => {
          end = close
        })
        while (end === undefined) {
          client.connection.write(pings)
          await turn()
        }

        expect(end.error).to.be.instanceOf(Error)
      })

      it('cannot be made to wait, and the socket says so', async () => {
        const { socket } = await server.webSocket()

        expect([socket.pause, socket.resume]).to.deep.equal([undefined, undefined])
      })
    }
  })
}
