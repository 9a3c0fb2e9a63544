import type { Host, HttpExchange } from '@signalbox/connections'
import { expect } from 'chai'
import { readHead, readResponse, writeRequest } from '../raw-clients/raw-http.js'
import { handshakeHeaders, RawWebSocket } from '../raw-clients/raw-web-socket.js'
import { HostUnderTest, RecordingSocketHandler } from './host-under-test.js'

const handshake = { path: '/', headers: handshakeHeaders }
const refusal = { status: 401, headers: { 'WWW-Authenticate': 'Bearer' }, body: 'Who are you?' }

/** A handshake may be answered before the host's callback returns, or later. */
export function describeHostHandshakes(createHost: () => Host): void {
  describe('a WebSocket handshake', () => {
    let server: HostUnderTest

    afterEach(() => server.stop())

    for (const [when, isLate] of [
      ['at once', false],
      ['later', true],
    ] as const) {
      /** Starts a host that does this with every request. */
      async function start(answer: (exchange: HttpExchange) => void): Promise<void> {
        server = await HostUnderTest.start(createHost, exchange => {
          if (isLate) setImmediate(() => answer(exchange))
          else answer(exchange)
        })
      }

      it(`opens a socket when it is accepted ${when}`, async () => {
        const events = new RecordingSocketHandler()
        await start(exchange => exchange.acceptWebSocket(events))
        const connection = await server.connect()
        writeRequest(connection, handshake)
        const client = new RawWebSocket(connection, await readHead(connection))
        client.sendText('hello')

        expect(client.handshake.status).to.equal(101)
        expect((await events.messages.next()).toString()).to.equal('hello')
      })

      it(`may be refused ${when} like any other request`, async () => {
        await start(exchange => exchange.respond(refusal))
        const connection = await server.connect()
        writeRequest(connection, handshake)
        const { status, head, body } = await readResponse(connection)

        expect([status, head.header('www-authenticate'), body.toString()]).to.deep.equal([
          401,
          'Bearer',
          'Who are you?',
        ])
      })
    }

    it('leaves the connection open when it was refused, for another attempt', async () => {
      server = await HostUnderTest.start(createHost)
      const { connection, exchange } = await server.exchange(handshake)
      exchange.respond(refusal)
      await readResponse(connection)
      writeRequest(connection, handshake)
      const second = await server.nextExchange()
      second.acceptWebSocket(new RecordingSocketHandler())

      expect((await readHead(connection)).status).to.equal(101)
    })

    it('is answered once: what comes after a refusal does nothing', async () => {
      server = await HostUnderTest.start(createHost)
      const { connection, exchange } = await server.exchange(handshake)
      const events = new RecordingSocketHandler()
      exchange.respond(refusal)
      exchange.acceptWebSocket(events)

      expect((await readResponse(connection)).status).to.equal(401)
      expect(await events.closes.next()).to.deep.equal({ graceful: false, error: undefined })
      expect(events.opened.length).to.equal(0)
    })
  })
}
