import type { ConnectionError, Host } from '@signalbox/connections'
import { expect } from 'chai'
import type { HostTraits } from '../hosts/host-traits.js'
import { closePayload, opcodes, type RawWebSocket } from '../raw-clients/raw-web-socket.js'
import { type Application, DispatcherServer } from './dispatcher-server.js'

const pieceBytes = 1 << 20

export function describeWebSockets(createHost: () => Host, { canPause }: HostTraits): void {
  describe('a WebSocket', () => {
    let server: DispatcherServer
    let token: string
    let client: RawWebSocket
    let application: Application

    beforeEach(async () => {
      server = await DispatcherServer.start(createHost, {
        maximumPendingReceiveBytes: 1000,
        maximumPendingSendBytes: 64 * pieceBytes,
      })
      token = await server.negotiate()
      ;({ client, application } = await server.webSocket(token))
    })

    afterEach(() => server.stop())

    it('carries messages to the application', async () => {
      client.sendText('hello')

      expect(await application.received.next()).to.equal('hello')
    })

    it('carries all messages of a turn in one text frame', async () => {
      application.send('one,')
      application.send('two')

      expect(await client.readFrame()).to.deep.include({ opcode: opcodes.text, payload: Buffer.from('one,two') })
    })

    it('carries binary frames once the application has chosen that format', async () => {
      application.connection.features.activeFormat = 'Binary'
      application.send('one')

      expect((await client.readFrame()).opcode).to.equal(opcodes.binary)
    })

    for (const [name, error, code] of [
      ['', undefined, 1000],
      [' with a failure', new Error('failed'), 1011],
    ] as const) {
      it(`ends with ${code}, after the last words, when the application ends${name}`, async () => {
        application.send('goodbye')
        application.connection.close(error)

        expect(await client.readText()).to.equal('goodbye')
        expect((await client.readFrame()).payload).to.deep.equal(closePayload(code))
      })
    }

    it('ends with 1001 when the server shuts down', async () => {
      const closing = server.manager.closeAll(1000)
      await application.ends.next()
      application.connection.close()
      await closing

      expect((await client.readFrame()).payload).to.deep.equal(closePayload(1001))
    })

    it('is cut without a close frame when the application aborts', async () => {
      application.connection.abort('test')

      expect((await client.connection.readToEnd()).length).to.equal(0)
    })

    it('ends the application gracefully when the client says goodbye', async () => {
      client.sendClose(1000)

      expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: true })
    })

    it('ends the application when the client vanishes', async () => {
      client.connection.vanish()

      expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: false })
    })

    it('is forgotten once both have ended', async () => {
      client.connection.vanish()
      await application.ends.next()
      application.connection.close()

      expect((await server.request({ path: `/hub?id=${token}` })).body.toString()).to.equal(
        'No Connection with that ID',
      )
    })

    if (canPause) {
      it('holds back a client that sends more than the application reads', async () => {
        application.connection.pause()
        const texts = Array.from({ length: 200 }, (_, number) => String(number).padStart(100_000))
        for (const text of texts) client.sendText(text)
        await server.request({ path: '/hub' })
        application.connection.resume()

        for (const text of texts) expect((await application.received.next()) === text).to.equal(true)
        expect(application.ends.length).to.equal(0)
      })
    } else {
      it('ends with an error when the client sends more than the application reads', async () => {
        application.connection.pause()
        client.sendText('x'.repeat(1001))

        const { error } = await application.ends.next()
        expect((error as ConnectionError).code).to.equal('SIGNALR_RECEIVE_BUFFER_FULL')
      })
    }

    it('hands over what waited when the application reads on', async () => {
      application.connection.pause()
      client.sendText('x'.repeat(999))
      client.sendText('y')
      await server.request({ path: '/hub' })
      application.connection.resume()

      expect([await application.received.next(), await application.received.next()]).to.deep.equal([
        'x'.repeat(999),
        'y',
      ])
    })

    describe('whose client takes nothing', () => {
      async function send(pieces: number): Promise<void> {
        client.connection.stall()
        for (let sent = 0; sent < pieces; sent++) application.connection.send(Buffer.alloc(pieceBytes))
        await server.request({ path: '/hub' })
      }

      it('lives as long as the send time-out', async () => {
        await send(32)
        server.beat(10)

        expect(application.ends.length).to.equal(0)
      })

      it('is cut after the send time-out', async () => {
        await send(32)
        server.beat(11)

        expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: false })
      })

      it('is cut once more is pending than maximumPendingSendBytes allows', async () => {
        await send(100)

        expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: false })
      })

      it('is reported by its public id and the option, never by its token', async () => {
        await send(100)

        expect(server.warnings.length).to.equal(1)
        expect(server.warnings[0]).to.include(application.connection.connectionId)
        expect(server.warnings[0]).to.include('maximumPendingSendBytes')
        expect(server.warnings[0]).not.to.include(token)
      })
    })
  })
}
