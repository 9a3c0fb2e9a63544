import type { BodyResult, Host, HttpExchange } from '@signalbox/connections'
import { expect } from 'chai'
import { readResponse, writeRequest } from '../raw-clients/raw-http.js'
import { EventQueue } from '../waiting/event-queue.js'
import { HostUnderTest } from './host-under-test.js'

const limitBytes = 1000

interface ReadBody {
  readonly exchange: HttpExchange
  readonly kind: BodyResult['kind']
  readonly bytes: Buffer
}

export function describeHostBodies(createHost: () => Host): void {
  describe('request bodies', () => {
    let server: HostUnderTest
    let arrivals: EventQueue<HttpExchange>
    let bodies: EventQueue<ReadBody>

    beforeEach(async () => {
      arrivals = new EventQueue()
      bodies = new EventQueue()
      server = await HostUnderTest.start(createHost, exchange => {
        arrivals.push(exchange)
        exchange.readBody(limitBytes, result => {
          const bytes = Buffer.from(result.kind === 'complete' ? result.bytes : '')
          bodies.push({ exchange, kind: result.kind, bytes })
        })
      })
    })

    afterEach(() => server.stop())

    it('are read whole', async () => {
      writeRequest(await server.connect(), { method: 'POST', path: '/', body: 'hello' })

      expect((await bodies.next()).bytes.toString()).to.equal('hello')
    })

    it('are joined from several segments', async () => {
      const connection = await server.connect()
      writeRequest(connection, { method: 'POST', path: '/', headers: { 'Content-Length': '6' } })
      await arrivals.next()

      connection.write('abc')
      connection.write('def')

      expect((await bodies.next()).bytes.toString()).to.equal('abcdef')
    })

    it('are read in chunks', async () => {
      const connection = await server.connect()
      writeRequest(connection, { method: 'POST', path: '/', headers: { 'Transfer-Encoding': 'chunked' } })

      connection.write('3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n')

      expect((await bodies.next()).bytes.toString()).to.equal('abcdef')
    })

    for (const [name, headers] of [
      ['an empty one', { 'Content-Length': '0' }],
      ['a missing one', {}],
    ] as const) {
      it(`take ${name} for no bytes`, async () => {
        writeRequest(await server.connect(), { method: 'POST', path: '/', headers })

        expect(await bodies.next()).to.deep.include({ kind: 'complete', bytes: Buffer.alloc(0) })
      })
    }

    it('may be as long as the limit', async () => {
      writeRequest(await server.connect(), { method: 'POST', path: '/', body: 'x'.repeat(limitBytes) })

      expect((await bodies.next()).kind).to.equal('complete')
    })

    it('are too large one byte above the limit', async () => {
      writeRequest(await server.connect(), { method: 'POST', path: '/', body: 'x'.repeat(limitBytes + 1) })

      expect((await bodies.next()).kind).to.equal('tooLarge')
    })

    it('leave the connection usable when they were too large', async () => {
      const connection = await server.connect()
      writeRequest(connection, { method: 'POST', path: '/', body: 'x'.repeat(1_000_000) })
      const tooLarge = await bodies.next()
      tooLarge.exchange.respond({ status: 413 })
      await readResponse(connection)

      writeRequest(connection, { method: 'POST', path: '/', body: 'next' })

      expect((await bodies.next()).bytes.toString()).to.equal('next')
    })

    it('are aborted when the peer vanishes half-way', async () => {
      const connection = await server.connect()
      writeRequest(connection, { method: 'POST', path: '/', headers: { 'Content-Length': '10' } })
      await arrivals.next()

      connection.write('half')
      connection.vanish()

      expect((await bodies.next()).kind).to.equal('aborted')
    })
  })
}
