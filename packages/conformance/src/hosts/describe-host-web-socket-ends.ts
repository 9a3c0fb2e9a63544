import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import { clientFrame, closePayload, opcodes } from '../raw-clients/raw-web-socket.js'
import type { HostTraits } from './host-traits.js'
import { HostUnderTest } from './host-under-test.js'

export function describeHostWebSocketEnds(createHost: () => Host, { answersCloseWith }: HostTraits): void {
  describe('the end of a WebSocket', () => {
    let server: HostUnderTest

    beforeEach(async () => {
      server = await HostUnderTest.start(createHost)
    })

    afterEach(() => server.stop())

    for (const code of [1000, 1001, 1011]) {
      it(`is told to the peer with ${code} and an empty reason`, async () => {
        const { client, socket } = await server.webSocket()

        socket.close(code)

        expect(await client.readFrame()).to.deep.include({ opcode: opcodes.close, payload: closePayload(code) })
      })
    }

    it('comes after what was sent before it', async () => {
      const { client, socket } = await server.webSocket()

      socket.send(Buffer.from('last words'), 'Text')
      socket.close(1000)

      expect(await client.readText()).to.equal('last words')
      expect((await client.readFrame()).opcode).to.equal(opcodes.close)
    })

    it('ends the TCP connection once the peer has answered the close frame', async () => {
      const { client, socket } = await server.webSocket()
      socket.close(1000)
      await client.readFrame()

      client.sendClose(1000)

      await client.connection.closed
    })

    it('is a cut without a close frame when it is terminated', async () => {
      const { client, socket } = await server.webSocket()

      socket.terminate()

      expect((await client.connection.readToEnd()).length).to.equal(0)
    })

    for (const [name, payload] of [
      ['code 1000', closePayload(1000)],
      ['code 3000', closePayload(3000)],
      ['no code', ''],
    ] as const) {
      it(`is graceful when the peer sends a close frame with ${name}`, async () => {
        const { client, events } = await server.webSocket()

        client.connection.write(clientFrame(opcodes.close, payload))

        expect(await events.closes.next()).to.deep.equal({ graceful: true, error: undefined })
      })
    }

    for (const [code, echo] of [
      [1000, closePayload(1000)],
      [1001, closePayload(1001)],
      [4000, closePayload(4000)],
      [undefined, Buffer.alloc(0)],
    ] as const) {
      const answer = answersCloseWith === 1000 ? closePayload(1000) : echo

      it(`answers a close frame with ${code ?? 'no code'} by one with ${answersCloseWith} and ends the TCP connection`, async () => {
        const { client } = await server.webSocket()

        client.connection.write(clientFrame(opcodes.close, echo))

        expect(await client.readFrame()).to.deep.include({ opcode: opcodes.close, payload: answer })
        await client.connection.closed
      })
    }

    it('is not graceful when the peer only ends its TCP connection', async () => {
      const { client, events } = await server.webSocket()

      client.connection.end()

      expect(await events.closes.next()).to.deep.equal({ graceful: false, error: undefined })
    })

    it('is not graceful when the peer vanishes', async () => {
      const { client, events } = await server.webSocket()

      client.connection.vanish()

      expect(await events.closes.next()).to.deep.equal({ graceful: false, error: undefined })
    })

    for (const [name, bytes] of [
      ['a reserved opcode', clientFrame(3, 'hello')],
      ['a stray continuation', clientFrame(opcodes.continuation, 'hello')],
      ['a text frame that is not UTF-8', clientFrame(opcodes.text, Buffer.from([0xff, 0xfe]))],
    ] as const) {
      it(`has an error when the peer sends ${name}`, async () => {
        const { client, events } = await server.webSocket()

        client.connection.write(bytes)

        expect((await events.closes.next()).error).to.be.instanceOf(Error)
      })
    }

    for (const end of ['close', 'terminate'] as const) {
      it(`is told to the handler once after ${end}`, async () => {
        const { client, socket, events } = await server.webSocket()

        if (end === 'close') {
          socket.close(1000)
          client.sendClose(1000)
        } else socket.terminate()
        await client.connection.closed
        await events.closes.next()

        expect(events.closes.length).to.equal(0)
      })
    }

    it('leaves a socket that does nothing', async () => {
      const { client, socket, events } = await server.webSocket()
      client.connection.vanish()
      await events.closes.next()

      socket.send(Buffer.from('late'), 'Text')
      socket.close(1000)
      socket.terminate()

      expect(socket.bufferedBytes).to.equal(0)
    })
  })
}
