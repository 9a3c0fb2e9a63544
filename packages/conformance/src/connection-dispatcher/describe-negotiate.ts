import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
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
      let oldest: string
      let newest: string

      beforeEach(async () => {
        server = await DispatcherServer.start(createHost, { maximumPendingConnections: 2 })
        oldest = await server.negotiate()
        newest = await server.negotiate()
      })

      const statusOf = async (token: string) => (await server.request({ path: `/hub?id=${token}` })).status

      it('forgets the oldest one of the client, and says so once', async () => {
        const tokens = [oldest, newest, await server.negotiate(), await server.negotiate()]
        const statuses: number[] = []
        for (const token of tokens) statuses.push(await statusOf(token))

        expect(statuses).to.deep.equal([404, 404, 200, 200])
        expect(server.warnings[0]).to.include(
          'than maximumPendingConnections allows, which is 2. Most are of 127.0.0.1,',
        )
      })

      it('keeps those of another client', async () => {
        const local = server.address
        server.address = '127.0.0.2'
        const other = await server.negotiate()
        server.address = local
        for (let count = 0; count < 10; count++) newest = await server.negotiate()

        expect([await statusOf(other), await statusOf(newest)]).to.deep.equal([200, 200])
      })

      it('has room again once one of them connects', async () => {
        await statusOf(oldest)
        await server.negotiate()

        expect(await statusOf(newest)).to.equal(200)
      })

      it('has room again once one of them is given up', async () => {
        server.beat(16)
        const tokens = [await server.negotiate(), await server.negotiate()]

        expect([await statusOf(tokens[0]!), await statusOf(tokens[1]!)]).to.deep.equal([200, 200])
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
