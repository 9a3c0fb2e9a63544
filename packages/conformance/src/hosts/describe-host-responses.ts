import type { Host, HttpResponse } from '@signalbox/connections'
import { expect } from 'chai'
import { readResponse, requestOnce, writeRequest } from '../raw-clients/raw-http.js'
import { HostUnderTest } from './host-under-test.js'

export function describeHostResponses(createHost: () => Host): void {
  describe('answers', () => {
    let server: HostUnderTest

    beforeEach(async () => {
      server = await HostUnderTest.start(createHost)
    })

    afterEach(() => server.stop())

    /** Answers one request late, outside the host's callback. */
    async function answer(response: HttpResponse, method = 'GET') {
      const { connection, exchange } = await server.exchange({ method, path: '/' })
      exchange.respond(response)
      return readResponse(connection, method)
    }

    it('carry their status and a text with its length', async () => {
      const { status, head, body } = await answer({ status: 404, body: 'größer' })

      expect(status).to.equal(404)
      expect(head.header('content-length')).to.equal('8')
      expect(body.toString()).to.equal('größer')
    })

    it('carry bytes', async () => {
      expect((await answer({ status: 200, body: Buffer.from([0, 1, 0xff]) })).body).to.deep.equal(
        Buffer.from([0, 1, 0xff]),
      )
    })

    it('say a length of 0 without a body', async () => {
      expect((await answer({ status: 409 })).head.header('content-length')).to.equal('0')
    })

    for (const [name, response, method] of [
      ['a 204', { status: 204 }, 'GET'],
      ['an answer to HEAD', { status: 405 }, 'HEAD'],
    ] as const) {
      it(`say no length in ${name}`, async () => {
        expect((await answer(response, method)).head.header('content-length')).to.equal(undefined)
      })
    }

    it('spell header names as given', async () => {
      const { head } = await answer({ status: 200, headers: { 'X-SignalR-Test': 'Value' } })

      expect(head.fields).to.deep.include(['X-SignalR-Test', 'Value'])
    })

    it('repeat a header with several values', async () => {
      const { head } = await answer({ status: 200, headers: { 'Set-Cookie': ['a=1', 'b=2'] } })

      expect(head.fields.filter(([name]) => name === 'Set-Cookie')).to.deep.equal([
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ])
    })

    it('leave the connection open for the next request', async () => {
      const { connection, exchange } = await server.exchange({ path: '/first' })
      exchange.respond({ status: 204 })
      await readResponse(connection)

      writeRequest(connection, { path: '/second' })

      const next = await server.nextExchange()
      expect(next.request.path).to.equal('/second')
    })

    it('are given once: a second one does nothing', async () => {
      const { connection, exchange } = await server.exchange({ path: '/' })
      exchange.respond({ status: 200, body: 'first' })
      exchange.respond({ status: 500, body: 'second' })
      await readResponse(connection)
      writeRequest(connection, { path: '/' })

      const next = await server.nextExchange()
      next.respond({ status: 202 })
      expect((await readResponse(connection)).status).to.equal(202)
    })

    it('do nothing after the peer has gone', async () => {
      const { connection, exchange } = await server.exchange({ path: '/' })
      const aborted = new Promise<void>(resolve => exchange.onAborted(resolve))
      connection.vanish()
      await aborted

      exchange.respond({ status: 200, body: 'too late' })

      const other = requestOnce(server.port, { path: '/' })
      const alive = await server.nextExchange()
      alive.respond({ status: 200, body: 'alive' })
      expect((await other).body.toString()).to.equal('alive')
    })
  })
}
