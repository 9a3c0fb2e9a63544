import {
  handshakeHeaders,
  RawConnection,
  type RawRequest,
  readHead,
  requestOnce,
  writeRequest,
} from '@signalbox/conformance'
import { expect } from 'chai'
import { createPrincipal, createServer, Hub, type SignalboxServer, silentLogger } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

const record = '{"protocol":"json","version":1}\x1e'
const ask = '{"type":1,"invocationId":"1","target":"who","arguments":[]}\x1e'

class WhoHub extends Hub {
  static hubMethods = { who: 0 }

  who(): string | undefined {
    return this.context.userIdentifier
  }
}

type Send = (user: string | undefined, request: Partial<RawRequest>) => Promise<number>

const eventStream = { Accept: 'text/event-stream' }

/** Whatever may be done with a token, and how it is answered when somebody else does it. */
const requests: readonly (readonly [what: string, request: Partial<RawRequest>])[] = [
  ['poll', {}],
  ['send', { method: 'POST', body: ask }],
  ['stop', { method: 'DELETE' }],
  ['open an event stream', { headers: eventStream }],
  ['open a WebSocket', { headers: handshakeHeaders }],
]

for (const { title: host, create: createHost } of hostFactories)
  describe(`a connection token in the hands of another user, on ${host}`, () => {
    let server: SignalboxServer
    let port: number
    let token: string

    beforeEach(async () => {
      server = createServer({
        logger: silentLogger,
        host: createHost(),
        allowStatefulReconnects: true,
        // `X-User: ann 1` is Ann with her first token.
        authenticate: request => {
          const [userId, tokenId] = request.header('x-user')?.split(' ') ?? []
          if (userId === undefined) return undefined
          return createPrincipal({ userId, claims: [{ type: 'jti', value: tokenId ?? '' }] })
        },
      })
      server.mapHub('/hub', WhoHub)
      port = (await server.listen(0)).port
    })

    afterEach(() => server.close({ drainTimeoutMs: 0 }))

    const as = (user: string | undefined) => (user === undefined ? {} : { 'X-User': user })

    async function negotiate(user: string | undefined, query = 'negotiateVersion=1') {
      const request = { method: 'POST', path: `/hub/negotiate?${query}`, headers: as(user) }
      const answer = JSON.parse((await requestOnce(port, request)).body.toString())
      token = answer.connectionToken ?? answer.connectionId
      return answer
    }

    /** @returns the status; whatever has been opened is left alone. */
    const send: Send = async (user, request) => {
      const connection = await RawConnection.open(port)
      writeRequest(connection, { path: `/hub?id=${token}`, ...request, headers: { ...request.headers, ...as(user) } })
      return (await readHead(connection)).status
    }

    /** What a poll of Ann gets. */
    async function pollOf(user: string | undefined): Promise<string> {
      const { body } = await requestOnce(port, { path: `/hub?id=${token}`, headers: as(user) })
      return body.toString()
    }

    async function openPolling(user: string | undefined): Promise<void> {
      await negotiate(user)
      await pollOf(user)
      await send(user, { method: 'POST', body: record })
      expect(await pollOf(user)).to.equal('{}\x1e')
    }

    describe('of an open connection', () => {
      beforeEach(() => openPolling('ann'))

      for (const [what, request] of requests) {
        it(`lets nobody else ${what}, and nothing happens`, async () => {
          expect([await send('bob', request), await send(undefined, request)]).to.deep.equal([403, 401])
          expect(await send('ann 2', { method: 'POST', body: ask })).to.equal(200)
          expect(await pollOf('ann 3')).to.equal('{"type":3,"invocationId":"1","result":"ann"}\x1e')
        })
      }
    })

    describe('of a connection that has been negotiated and not opened', () => {
      beforeEach(() => negotiate('ann'))

      for (const [what, request] of requests) {
        it(`lets no other user ${what}`, async () => {
          expect(await send('bob', request)).to.equal(403)
          expect(await send('ann 2', {})).to.equal(200)
        })
      }

      it('lets nobody send on her behalf', async () => {
        expect(await send(undefined, { method: 'POST', body: record })).to.equal(401)
      })

      it('becomes the connection of nobody known who opens it without credentials', async () => {
        expect(await pollOf(undefined)).to.equal('')
        await send(undefined, { method: 'POST', body: record })
        expect(await pollOf(undefined)).to.equal('{}\x1e')
        await send(undefined, { method: 'POST', body: ask })
        expect(await pollOf(undefined)).to.equal('{"type":3,"invocationId":"1","result":null}\x1e')
      })
    })

    it('goes on for somebody who signs in', async () => {
      await openPolling(undefined)
      expect(await send('ann', { method: 'POST', body: ask })).to.equal(200)
      expect(await pollOf('ann')).to.equal('{"type":3,"invocationId":"1","result":null}\x1e')
      expect(await send('ann', { method: 'POST', body: ask })).to.equal(200)
      expect(await send('bob', { method: 'POST', body: ask })).to.equal(403)
    })

    it('does not let another user resume', async () => {
      await negotiate('ann', 'negotiateVersion=1&useStatefulReconnect=true')
      expect(await send('ann', { headers: handshakeHeaders })).to.equal(101)
      expect(await send('bob', { headers: handshakeHeaders })).to.equal(403)
      expect(await send('ann 2', { headers: handshakeHeaders })).to.equal(101)
    })

    it('gives no stateful reconnect to clients whose token is the public id', async () => {
      expect(await negotiate('ann', 'useStatefulReconnect=true')).not.to.have.property('useStatefulReconnect')
      expect(await send('ann', { headers: handshakeHeaders })).to.equal(101)
      expect(await send('ann', { headers: handshakeHeaders })).to.equal(409)
    })
  })
