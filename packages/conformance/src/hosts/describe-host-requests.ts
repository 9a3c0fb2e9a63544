import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import { HostUnderTest } from './host-under-test.js'

/** Every request is looked at some time after the host's callback has returned. */
export function describeHostRequests(createHost: () => Host): void {
  describe('requests', () => {
    let server: HostUnderTest

    beforeEach(async () => {
      server = await HostUnderTest.start(createHost)
    })

    afterEach(() => server.stop())

    const vectors = [
      { name: 'the method', raw: { method: 'PATCH', path: '/' }, member: 'method', value: 'PATCH' },
      { name: 'the path as sent', raw: { path: '/Chat/%C3%A4?a=1' }, member: 'path', value: '/Chat/%C3%A4' },
      { name: 'the raw query', raw: { path: '/?id=a%20b&x' }, member: 'queryString', value: 'id=a%20b&x' },
      { name: 'an empty query where there is none', raw: { path: '/' }, member: 'queryString', value: '' },
      { name: "the peer's address", raw: { path: '/' }, member: 'remoteAddress', value: '127.0.0.1' },
    ] as const

    for (const { name, raw, member, value } of vectors) {
      it(`keep ${name}`, async () => {
        const { exchange } = await server.exchange(raw)

        expect(exchange.request[member]).to.equal(value)
      })
    }

    it('keep their headers whatever their case', async () => {
      const { exchange } = await server.exchange({ path: '/', headers: { 'X-Requested-With': 'XMLHttpRequest' } })

      expect(exchange.request.header('x-requested-with')).to.equal('XMLHttpRequest')
    })

    it('join a header that was sent twice', async () => {
      const { exchange } = await server.exchange({ path: '/', headers: { Accept: ['text/plain', 'text/html'] } })

      expect(exchange.request.header('accept')).to.equal('text/plain, text/html')
    })

    it('may have 30 KB of headers, such as a token with many claims', async () => {
      const { exchange } = await server.exchange({ path: '/', headers: { Authorization: 'x'.repeat(30_000) } })

      expect(exchange.request.header('authorization')).to.have.lengthOf(30_000)
    })

    it('may have 97 headers besides the Host', async () => {
      const headers = Object.fromEntries(Array.from({ length: 97 }, (_, index) => [`X-${index}`, 'x']))
      const { exchange } = await server.exchange({ path: '/', headers })

      expect(exchange.request.header('x-96')).to.equal('x')
    })

    it('find a value of the query', async () => {
      const { exchange } = await server.exchange({ path: '/?ID=a%2Bb' })

      expect(exchange.request.query('id')).to.equal('a+b')
    })

    it('tell when the peer goes away before the answer', async () => {
      const { connection, exchange } = await server.exchange({ path: '/' })
      const aborted = new Promise<void>(resolve => exchange.onAborted(resolve))

      connection.vanish()

      await aborted
    })
  })
}
