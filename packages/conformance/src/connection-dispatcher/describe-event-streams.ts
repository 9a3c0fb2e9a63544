import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import type { RawConnection } from '../raw-clients/raw-connection.js'
import { readChunk, readHead, readWholeChunk } from '../raw-clients/raw-http.js'
import { type Application, DispatcherServer } from './dispatcher-server.js'

/** Within this time requests count as sent at once: the 404 of a POST waits that long, behind the end that says why. */
const graceMs = 50

/** More than the two socket buffers of a local connection take. */
const largeBytes = 16 << 20

export function describeEventStreams(createHost: () => Host): void {
  describe('an event stream', () => {
    let server: DispatcherServer
    let token: string

    beforeEach(async () => {
      server = await DispatcherServer.start(createHost)
      token = await server.negotiate()
    })

    afterEach(() => server.stop())

    it('begins with its headers and a comment', async () => {
      const { connection } = await server.send({ path: `/hub?id=${token}`, headers: { Accept: 'text/event-stream' } })
      const head = await readHead(connection)

      expect(
        Object.fromEntries(
          ['content-type', 'cache-control', 'pragma', 'content-encoding', 'expires', 'content-length'].map(name => [
            name,
            head.header(name),
          ]),
        ),
      ).to.deep.equal({
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache,no-store',
        pragma: 'no-cache',
        'content-encoding': 'identity',
        expires: undefined,
        'content-length': undefined,
      })
      expect((await readChunk(connection)).toString()).to.equal(':\r\n')
    })

    describe('that is open', () => {
      let connection: RawConnection
      let application: Application

      beforeEach(async () => {
        ;({ connection, application } = await server.eventStream(token))
      })

      it('carries all messages of a turn as one event', async () => {
        application.send('one,')
        application.send('two')

        expect((await readChunk(connection)).toString()).to.equal('data: one,two\r\n\r\n')
      })

      it('carries events that are whole when they are sent, also for clients that read chunk by chunk', async () => {
        for (const text of ['one', 'two', 'three']) {
          application.send(text)
          expect((await readBehindComments(connection, readWholeChunk)).toString()).to.equal(`data: ${text}\r\n\r\n`)
        }
      })

      for (const [name, error] of [
        ['ends', undefined],
        ['fails', new Error('failed')],
      ] as const) {
        it(`ends with its last chunk, after the last words, when the application ${name}`, async () => {
          application.send('goodbye')
          application.connection.close(error)

          expect((await readChunk(connection)).toString()).to.equal('data: goodbye\r\n\r\n')
          expect((await readBehindComments(connection)).length).to.equal(0)
        })
      }

      it('is forgotten when the application ends', async () => {
        application.connection.close()

        expect((await server.request({ path: `/hub?id=${token}` })).status).to.equal(404)
      })

      it('leaves its client time to read why it has ended before a POST is told that it has', async () => {
        application.connection.close()
        const startedAt = performance.now()
        const { status } = await server.request({ method: 'POST', path: `/hub?id=${token}`, body: 'too late' })

        expect(status).to.equal(404)
        expect(performance.now() - startedAt).to.be.greaterThan(graceMs - 5)
      })

      it('is cut without its last chunk when the application aborts', async () => {
        application.connection.abort('test')

        expect((await connection.readToEnd()).toString().trim()).to.equal('')
      })

      it('ends the application when the client goes away', async () => {
        connection.vanish()

        expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: false })
      })

      it('delivers one large event whole to a client that reads on after a pause', async () => {
        connection.stall()
        application.send('x'.repeat(largeBytes))
        await server.request({ path: '/hub' })
        connection.resume()

        let length = 0
        while (length < largeBytes + 'data: \r\n\r\n'.length) length += (await readChunk(connection)).length
        expect(length).to.equal(largeBytes + 'data: \r\n\r\n'.length)
      })

      it('goes on counting what the client has not taken after it has taken some', async () => {
        connection.stall()
        application.send('x'.repeat(largeBytes))
        await server.request({ path: '/hub' })
        connection.resume()
        await connection.readBytes(largeBytes / 4)
        connection.stall()
        await server.request({ path: '/hub' })

        expect(application.connection.drained()).to.be.instanceOf(Promise)
      })

      it('is cut when the client takes nothing for longer than the send time-out', async () => {
        connection.stall()
        application.send('x'.repeat(largeBytes))
        await server.request({ path: '/hub' })
        server.beat(11)

        expect(await application.ends.next()).to.deep.equal({ error: undefined, graceful: false })
      })
    })
  })
}

/** The next chunk that means something to a client. */
async function readBehindComments(connection: RawConnection, read = readChunk): Promise<Buffer> {
  const chunk = await read(connection)
  return chunk.toString() === ':\r\n' ? readBehindComments(connection, read) : chunk
}
