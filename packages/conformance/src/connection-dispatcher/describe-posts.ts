import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import { requestOnce } from '../raw-clients/raw-http.js'
import { type Application, DispatcherServer } from './dispatcher-server.js'

export function describePosts(createHost: () => Host): void {
  describe('a POST', () => {
    let server: DispatcherServer

    beforeEach(async () => {
      server = await DispatcherServer.start(createHost)
    })

    afterEach(() => server.stop())

    const post = (token: string, body: string) => ({ method: 'POST', path: `/hub?id=${token}`, body })

    /** A POST of which so far only the beginning was sent. */
    const begin = (token: string, length: number) => ({
      method: 'POST',
      path: `/hub?id=${token}`,
      headers: { 'Content-Length': String(length) },
    })

    const refusals = [
      { name: 'without an id', query: '', status: 400, body: 'Connection ID required' },
      { name: 'with an empty id', query: '?id=', status: 400, body: 'Connection ID required' },
      { name: 'with an unknown id', query: '?id=nope', status: 404, body: 'No Connection with that ID' },
    ]

    for (const { name, query, status, body } of refusals) {
      it(`${name} is answered ${status} '${body}'`, async () => {
        const response = await server.request({ method: 'POST', path: `/hub${query}`, body: 'hello' })

        expect([response.status, response.body.toString(), response.head.header('content-type')]).to.deep.equal([
          status,
          body,
          'text/plain',
        ])
      })
    }

    it('with the token of another endpoint is answered 404', async () => {
      const token = await server.negotiate('/other')

      expect((await server.request(post(token, 'hello'))).status).to.equal(404)
    })

    it('to a WebSocket is answered 405', async () => {
      const token = await server.negotiate()
      await server.webSocket(token)
      const { status, body } = await server.request(post(token, 'hello'))

      expect([status, body.toString()]).to.deep.equal([405, 'POST requests are not allowed for WebSocket connections.'])
    })

    it('to an event stream reaches the application', async () => {
      const token = await server.negotiate()
      const { application } = await server.eventStream(token)
      await server.request(post(token, 'hello'))

      expect(await application.received.next()).to.equal('hello')
    })

    it('to an event stream that is gone is answered 404 with an empty body', async () => {
      const token = await server.negotiate()
      const { connection, application } = await server.eventStream(token)
      connection.vanish()
      await application.ends.next()
      const { status, body } = await server.request(post(token, 'hello'))

      expect([status, body.toString()]).to.deep.equal([404, ''])
    })

    it('before any GET waits for the application', async () => {
      const token = await server.negotiate()
      const { status } = await server.request(post(token, 'hello'))
      await server.request({ path: `/hub?id=${token}` })
      const application = await server.applications.next()

      expect([status, await application.received.next()]).to.deep.equal([200, 'hello'])
    })

    describe('to a connection that polls', () => {
      let token: string
      let application: Application

      beforeEach(async () => {
        ;({ token, application } = await server.longPolling())
      })

      it('is answered 200 and reaches the application', async () => {
        const { status, head, body } = await server.request(post(token, 'hello'))

        expect({ status, type: head.header('content-type'), body: body.toString() }).to.deep.equal({
          status: 200,
          type: 'text/plain',
          body: '',
        })
        expect(await application.received.next()).to.equal('hello')
      })

      it('without a body is answered 200', async () => {
        expect((await server.request(post(token, ''))).status).to.equal(200)
      })

      it('keeps its connection for the next one', async () => {
        const connection = await server.connect()
        await server.request(post(token, 'first'), connection)

        expect((await server.request(post(token, 'second'), connection)).status).to.equal(200)
      })

      it('waits behind one that came before it', async () => {
        const first = await server.send(begin(token, 5))
        const second = await server.send(post(token, 'second'))
        await server.bodies.next()
        first.connection.write('first')

        expect([await application.received.next(), await application.received.next()]).to.deep.equal([
          'first',
          'second',
        ])
        expect([(await first.answer()).status, (await second.answer()).status]).to.deep.equal([200, 200])
      })

      it('that is cut off half-way leaves nothing behind', async () => {
        const cut = await server.send(begin(token, 10))
        const next = await server.send(post(token, 'next'))
        await server.bodies.next()
        cut.connection.write('half')
        cut.connection.vanish()

        expect(await application.received.next()).to.equal('next')
        expect((await next.answer()).status).to.equal(200)
      })

      it('above the limit is answered 413', async () => {
        expect((await server.request(post(token, 'x'.repeat(1_048_577)))).status).to.equal(413)
      })

      it('above the limit reaches nobody, and both connections go on', async () => {
        const connection = await server.connect()
        await server.request(post(token, 'x'.repeat(1_048_577)), connection)
        await server.request(post(token, 'next'), connection)

        expect(await application.received.next()).to.equal('next')
      })

      it('that the application does not read passes one byte below its buffer', async () => {
        application.connection.pause()

        expect((await server.request(post(token, 'x'.repeat(65_535)))).status).to.equal(200)
      })

      describe('that the application does not read', () => {
        beforeEach(() => application.connection.pause())

        async function held() {
          const sent = await server.send(post(token, 'x'.repeat(65_536)))
          await server.bodies.next()
          return sent
        }

        it('is held once its buffer is full', async () => {
          const { connection } = await held()
          await requestOnce(server.port, { path: '/hub' })

          expect(connection.unreadBytes).to.equal(0)
        })

        it('is answered 200 when the application reads on', async () => {
          const { answer } = await held()
          application.connection.resume()

          expect((await answer()).status).to.equal(200)
        })

        it('stays in front of those behind it when the application reads on', async () => {
          const first = await held()
          const second = await server.send(post(token, 'second'))
          await server.bodies.next()
          application.connection.resume()

          expect([await application.received.next(), await application.received.next()]).to.deep.equal([
            'x'.repeat(65_536),
            'second',
          ])
          expect([(await first.answer()).status, (await second.answer()).status]).to.deep.equal([200, 200])
        })

        it('is never read when it waits behind another and its client goes', async () => {
          await held()
          const { connection } = await server.send(post(token, 'gone'))
          await server.bodies.next()
          await server.send(post(token, 'next'))
          await server.bodies.next()
          connection.vanish()
          await connection.closed
          await requestOnce(server.port, { path: '/hub' })
          application.connection.resume()
          await application.received.next()

          expect(await application.received.next()).to.equal('next')
        })

        it('leaves room for the limit behind it, and for the limit again behind that', async () => {
          await held()
          const large = []
          for (let count = 0; count < 2; count++) {
            large.push(await server.send(post(token, 'x'.repeat(1_000_000))))
            await server.bodies.next()
          }
          const tooLarge = await server.send(post(token, 'y'.repeat(1_000_000)))
          expect((await tooLarge.answer()).status).to.equal(413)

          application.connection.resume()
          for (const one of large) expect((await one.answer()).status).to.equal(200)
        })

        it('is answered 404 when the application ends', async () => {
          const { answer } = await held()
          application.connection.close()

          expect((await answer()).status).to.equal(404)
        })

        it('does not keep polls from being answered', async () => {
          await held()
          const waiting = await server.send({ path: `/hub?id=${token}` })
          application.send('hello')

          expect((await waiting.answer()).body.toString()).to.equal('hello')
        })
      })
    })
  })
}
