import { expect } from 'chai'
import type { Host } from '../../host-port.js'
import { DispatcherServer } from './dispatcher-server.js'

const negotiate = { method: 'POST', path: '/hub/negotiate?negotiateVersion=1' }

export function describeNegotiate(createHost: () => Host): void {
  describe('negotiate', () => {
    let server: DispatcherServer

    afterEach(() => server.stop())

    it('gives a public id and a secret token that differ', async () => {
      server = await DispatcherServer.start(createHost)
      const { connectionId, connectionToken } = JSON.parse((await server.request(negotiate)).body.toString())

      expect(connectionId).to.match(/^[\w-]{22}$/)
      expect(connectionToken).to.match(/^[\w-]{22}$/)
      expect(connectionId).not.to.equal(connectionToken)
    })

    it('does not take the public id for the token', async () => {
      server = await DispatcherServer.start(createHost)
      const { connectionId } = JSON.parse((await server.request(negotiate)).body.toString())

      expect((await server.request({ path: `/hub?id=${connectionId}` })).status).to.equal(404)
    })

    it('takes the public id for the token in version 0', async () => {
      server = await DispatcherServer.start(createHost)
      const { body } = await server.request({ method: 'POST', path: '/hub/negotiate' })

      expect((await server.request({ path: `/hub?id=${JSON.parse(body.toString()).connectionId}` })).status).to.equal(
        200,
      )
    })

    it('answers 200 with the error to a version it does not speak', async () => {
      server = await DispatcherServer.start(createHost)
      const { status, body } = await server.request({ method: 'POST', path: '/hub/negotiate?negotiateVersion=abc' })

      expect(status).to.equal(200)
      expect(body.toString()).to.equal('{"error":"The client requested a non-integer protocol version."}')
    })

    it('ignores a body', async () => {
      server = await DispatcherServer.start(createHost)

      expect((await server.request({ ...negotiate, body: 'anything' })).status).to.equal(200)
    })

    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
      it(`answers ${method} with 405`, async () => {
        server = await DispatcherServer.start(createHost)

        expect((await server.request({ method, path: '/hub/negotiate' })).status).to.equal(405)
      })
    }

    describe('when too many connections have negotiated and not connected', () => {
      let token: string

      beforeEach(async () => {
        server = await DispatcherServer.start(createHost, { maximumPendingConnections: 1 })
        token = await server.negotiate()
      })

      it('answers 429', async () => {
        expect((await server.request(negotiate)).status).to.equal(429)
      })

      it('has room again once one of them connects', async () => {
        await server.request({ path: `/hub?id=${token}` })

        expect((await server.request(negotiate)).status).to.equal(200)
      })

      it('has room again once one of them is given up', async () => {
        server.beat(16)

        expect((await server.request(negotiate)).status).to.equal(200)
      })
    })

    describe('and then nothing', () => {
      let token: string

      beforeEach(async () => {
        server = await DispatcherServer.start(createHost)
        token = await server.negotiate()
      })

      it('is remembered for 15 s', async () => {
        server.beat(15)

        expect((await server.request({ path: `/hub?id=${token}` })).status).to.equal(200)
      })

      it('is forgotten after more than 15 s', async () => {
        server.beat(16)

        expect((await server.request({ path: `/hub?id=${token}` })).body.toString()).to.equal(
          'No Connection with that ID',
        )
      })

      it('is not prolonged by a POST', async () => {
        server.beat(10)
        await server.request({ method: 'POST', path: `/hub?id=${token}`, body: 'hello' })
        server.beat(6)

        expect((await server.request({ path: `/hub?id=${token}` })).status).to.equal(404)
      })
    })
  })
}
