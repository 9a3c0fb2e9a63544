import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import type { RawResponse } from '../raw-clients/raw-http.js'
import { type Application, DispatcherServer } from './dispatcher-server.js'

interface PollAnswer {
  readonly status: number
  readonly contentType: string | undefined
  readonly length: string | undefined
  readonly body: string
}

const empty: PollAnswer = { status: 200, contentType: 'application/octet-stream', length: '0', body: '' }
const data = (body: string): PollAnswer => ({ ...empty, length: String(body.length), body })
const timedOut: PollAnswer = { status: 200, contentType: 'text/plain', length: '0', body: '' }
const ended: PollAnswer = { status: 204, contentType: 'text/plain', length: undefined, body: '' }

const noCaching = {
  'cache-control': 'no-cache, no-store',
  pragma: 'no-cache',
  expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
}

/** Every answer to a poll forbids caching, so this looks at it each time. */
function answerOf({ head, status, body }: RawResponse): PollAnswer {
  for (const [name, value] of Object.entries(noCaching)) expect(head.header(name), name).to.equal(value)
  return {
    status,
    contentType: head.header('content-type'),
    length: head.header('content-length'),
    body: body.toString(),
  }
}

export function describeLongPolling(createHost: () => Host): void {
  describe('long polling', () => {
    let server: DispatcherServer
    let token: string
    let application: Application

    beforeEach(async () => {
      server = await DispatcherServer.start(createHost)
      ;({ token, application } = await server.longPolling())
    })

    afterEach(() => server.stop())

    const send = () => server.send({ path: `/hub?id=${token}` })
    const poll = async () => answerOf(await server.request({ path: `/hub?id=${token}` }))
    const remove = () => server.request({ method: 'DELETE', path: `/hub?id=${token}` })

    describe('the first poll', () => {
      it('is answered at once and empty', async () => {
        token = await server.negotiate()

        expect(await poll()).to.deep.equal(empty)
      })

      it('is empty although data waits', async () => {
        token = await server.negotiate()
        await server.request({ method: 'POST', path: `/hub?id=${token}`, body: 'hello' })
        const sent = await send()
        const started = await server.applications.next()
        started.send('answer')

        expect(answerOf(await sent.answer())).to.deep.equal(empty)
        expect(await poll()).to.deep.equal(data('answer'))
      })

      it('starts the application, which sees that request', () => {
        expect(application.connection.features.httpRequest.queryString).to.equal(`id=${token}`)
      })
    })

    describe('a poll', () => {
      it('takes all that waits', async () => {
        application.send('one,')
        application.send('two')

        expect(await poll()).to.deep.equal(data('one,two'))
      })

      it('waits for data', async () => {
        const waiting = await send()
        application.send('hello')

        expect(answerOf(await waiting.answer())).to.deep.equal(data('hello'))
      })

      it('is answered empty after the poll time-out', async () => {
        const waiting = await send()
        server.beat(91)

        expect(answerOf(await waiting.answer())).to.deep.equal(timedOut)
      })

      it('ends with 204 when a newer one comes', async () => {
        const older = await send()
        await send()

        expect(answerOf(await older.answer())).to.deep.equal(ended)
      })

      it('gets the data that come after it took the place of an older one', async () => {
        await send()
        const newer = await send()
        application.send('hello')

        expect(answerOf(await newer.answer())).to.deep.equal(data('hello'))
      })

      it('that is given up loses nothing', async () => {
        const lost = await send()
        lost.connection.vanish()
        await lost.connection.closed
        // The server learns of it before it reads the next request, whose connection is younger.
        await server.request({ method: 'POST', path: '/hub' })
        application.send('hello')

        expect(await poll()).to.deep.equal(data('hello'))
      })
    })

    describe('between two polls', () => {
      it('is remembered for 15 s', async () => {
        server.beat(15)
        application.send('still there')

        expect(await poll()).to.deep.equal(data('still there'))
      })

      it('ends the application after more than 15 s', async () => {
        server.beat(16)

        expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: false })
      })

      it('is forgotten once the application has ended', async () => {
        server.beat(16)
        await application.ends.next()
        application.connection.close()

        expect((await poll()).body).to.equal('No Connection with that ID')
      })

      it('does not run out while a poll waits', async () => {
        const waiting = await send()
        server.beat(60)
        application.send('hello')

        expect(answerOf(await waiting.answer())).to.deep.equal(data('hello'))
      })

      it('is not prolonged by a POST', async () => {
        server.beat(10)
        await server.request({ method: 'POST', path: `/hub?id=${token}`, body: 'hello' })
        server.beat(6)

        await application.ends.next()
      })
    })

    describe('DELETE', () => {
      it('is answered 202 before the application has ended', async () => {
        const { status, head, body } = await remove()

        expect({ status, contentType: head.header('content-type'), body: body.toString() }).to.deep.equal({
          status: 202,
          contentType: 'text/plain',
          body: '',
        })
      })

      it('is a goodbye to the application', async () => {
        await remove()

        expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: true })
      })

      it('is answered 202 again while the application is still ending', async () => {
        await remove()

        expect((await remove()).status).to.equal(202)
      })

      it('is answered 202 to both of two at once', async () => {
        void application.ends.next().then(() => application.connection.close())
        const both = await Promise.all([remove(), remove()])

        expect(both.map(({ status }) => status)).to.deep.equal([202, 202])
      })

      it('is answered 404 soon after the application has ended', async () => {
        await remove()
        application.connection.close()
        let answer = await remove()
        while (answer.status === 202) answer = await remove()

        expect([answer.status, answer.body.toString()]).to.deep.equal([404, 'No Connection with that ID'])
      })

      it('ends a waiting poll with the last words of the application', async () => {
        const waiting = await send()
        await remove()
        application.send('goodbye')
        application.connection.close()

        expect(answerOf(await waiting.answer())).to.deep.equal(data('goodbye'))
      })

      it('ends a waiting poll with 204 when the application has none', async () => {
        const waiting = await send()
        await remove()
        application.connection.close()

        expect(answerOf(await waiting.answer())).to.deep.equal(ended)
      })

      it('lets a POST find nothing', async () => {
        await remove()

        const { status, body } = await server.request({ method: 'POST', path: `/hub?id=${token}`, body: 'late' })
        expect([status, body.toString()]).to.deep.equal([404, ''])
      })
    })

    describe('DELETE of what does not poll', () => {
      const cannot = 'Cannot terminate this connection using the DELETE endpoint.'

      const vectors = [
        { name: 'without an id', query: async () => '', status: 400, body: 'Connection ID required' },
        { name: 'with an unknown id', query: async () => '?id=nope', status: 404, body: 'No Connection with that ID' },
        { name: 'of a fresh connection', query: async (fresh: string) => `?id=${fresh}`, status: 400, body: cannot },
        {
          name: 'of a WebSocket',
          query: async (fresh: string) => {
            await server.webSocket(fresh)
            return `?id=${fresh}`
          },
          status: 400,
          body: cannot,
        },
        {
          name: 'of an event stream',
          query: async (fresh: string) => {
            await server.eventStream(fresh)
            return `?id=${fresh}`
          },
          status: 400,
          body: cannot,
        },
      ]

      for (const { name, query, status, body } of vectors) {
        it(`${name} is answered ${status} '${body}'`, async () => {
          const path = `/hub${await query(await server.negotiate())}`
          const response = await server.request({ method: 'DELETE', path })

          expect([response.status, response.body.toString()]).to.deep.equal([status, body])
        })
      }
    })

    describe('the end of the application', () => {
      it('gives its last words to the poll that waits', async () => {
        const waiting = await send()
        application.send('goodbye')
        application.connection.close()

        expect(answerOf(await waiting.answer())).to.deep.equal(data('goodbye'))
      })

      it('gives its last words to the next poll, 204 to the one after it and 404 from then on', async () => {
        application.send('goodbye')
        application.connection.close()

        expect([await poll(), await poll(), (await poll()).status]).to.deep.equal([data('goodbye'), ended, 404])
      })

      it('is a 204 for the poll that waits when nothing is left', async () => {
        const waiting = await send()
        application.connection.close()

        expect(answerOf(await waiting.answer())).to.deep.equal(ended)
      })

      it('with a failure is a 500 for the poll that waits', async () => {
        const waiting = await send()
        application.connection.close(new Error('failed'))

        expect(answerOf(await waiting.answer())).to.deep.equal({ ...timedOut, status: 500 })
      })

      it('with a failure is a 500 for every poll until none came for 15 s', async () => {
        application.connection.close(new Error('failed'))
        const statuses = [(await poll()).status, (await poll()).status]
        server.beat(16)

        expect([...statuses, (await poll()).status]).to.deep.equal([500, 500, 404])
      })
    })

    it('ends a waiting poll with 204 when the application aborts it', async () => {
      const waiting = await send()
      application.connection.abort('test')

      expect(answerOf(await waiting.answer())).to.deep.equal(ended)
    })
  })
}
