import {
  handshakeHeaders,
  RawConnection,
  type RawResponse,
  RawWebSocket,
  readHead,
  requestOnce,
  writeRequest,
} from '@signalbox/conformance'
import { expect } from 'chai'
import {
  type AuthenticationRefreshContext,
  createPrincipal,
  createServer,
  Hub,
  type MapHubOptions,
  type SignalboxServer,
  silentLogger,
} from '../index.js'

const record = '{"protocol":"json","version":1}\x1e'
const resumableRecord = '{"protocol":"json","version":2}\x1e'
const close = '{"type":7,"allowReconnect":true}\x1e'
const ask = '{"type":1,"invocationId":"1","target":"who","arguments":[]}\x1e'

/** Resolves the calls of `hold`. */
let release: () => void
let onRefreshed: (hub: WhoHub) => void

class WhoHub extends Hub {
  static hubMethods = { who: 0, hold: 0, ban: { authorize: 'admin' } }

  who(): string {
    return `${this.context.userIdentifier} ${this.context.user.findFirst('role')}`
  }

  /** @returns who called, as seen when the test ends the call. */
  async hold(): Promise<string> {
    await new Promise<void>(resolve => {
      release = resolve
    })
    return this.who()
  }

  ban(): void {}

  override onAuthenticationRefreshed(): void {
    onRefreshed(this)
  }
}

describe('a server whose clients may refresh their credentials', () => {
  let server: SignalboxServer
  let port: number
  let refreshes: AuthenticationRefreshContext[]
  let errors: string[]

  beforeEach(() => {
    refreshes = []
    errors = []
    onRefreshed = () => {}
  })

  afterEach(() => server.close({ drainTimeoutMs: 0 }))

  async function serve(options: MapHubOptions = {}): Promise<void> {
    server = createServer({
      logger: { ...silentLogger, error: message => void errors.push(message) },
      policies: { admin: user => user.hasClaim('role', 'admin') },
      // User, role and seconds left, or after an @ the time of the end: `X-User: ann admin 60`.
      authenticate: request => {
        const [userId, role, seconds] = request.header('x-user')?.split(' ') ?? []
        if (userId === undefined || role === undefined) return { challenge: 'Test' }
        const expiresAt = seconds?.startsWith('@')
          ? Number(seconds.slice(1))
          : seconds && Date.now() + Number(seconds) * 1000
        return createPrincipal({ userId, claims: [{ type: 'role', value: role }], ...(expiresAt && { expiresAt }) })
      },
    })
    server.mapHub('/hub', WhoHub, {
      enableAuthenticationRefresh: true,
      onAuthenticationRefresh: context => {
        refreshes.push(context)
        return true
      },
      ...options,
    })
    server.mapHub('/guarded', WhoHub, { enableAuthenticationRefresh: true, authorize: true })
    server.mapHub('/without', WhoHub)
    port = (await server.listen(0)).port
  }

  const as = (user: string | undefined) => (user === undefined ? {} : { 'X-User': user })

  async function negotiate(user?: string, version = 1, path = '/hub'): Promise<Record<string, unknown>> {
    const query = `?negotiateVersion=${version}&useStatefulReconnect=true`
    const { body } = await requestOnce(port, { method: 'POST', path: `${path}/negotiate${query}`, headers: as(user) })
    return JSON.parse(body.toString())
  }

  const refresh = (id: unknown, user?: string): Promise<RawResponse> =>
    requestOnce(port, { method: 'POST', path: `/hub/refresh?id=${id}`, headers: as(user) })

  const answerOf = ({ status, head, body }: RawResponse) => [status, head.header('content-type'), body.toString()]
  const refused = (status: number, error: string) => [status, 'application/json', JSON.stringify({ error })]

  async function attach(id: unknown, user: string): Promise<RawWebSocket> {
    const connection = await RawConnection.open(port)
    writeRequest(connection, { path: `/hub?id=${id}`, headers: { ...handshakeHeaders, ...as(user) } })
    return new RawWebSocket(connection, await readHead(connection))
  }

  async function connect(user: string, handshake = record): Promise<{ id: unknown; socket: RawWebSocket }> {
    const { connectionToken: id } = await negotiate(user)
    const socket = await attach(id, user)
    socket.sendText(handshake)
    await socket.readText()
    return { id, socket }
  }

  async function resultOf(socket: RawWebSocket, target = 'who'): Promise<unknown> {
    socket.sendText(ask.replace('who', target))
    const { result, error } = JSON.parse((await socket.readText()).slice(0, -1))
    return error ?? result
  }

  describe('tells at negotiate how long the credentials last', () => {
    it('when they have an end', async () => {
      await serve()
      expect(await negotiate('ann user 60.5')).to.have.property('tokenLifetimeSeconds', 60)
    })

    it('clamped to what 32 bits hold', async () => {
      await serve()
      expect(await negotiate('ann user 9e9')).to.have.property('tokenLifetimeSeconds', 2_147_483_647)
    })

    for (const user of [undefined, 'ann user', 'ann user 0', 'ann user -60'])
      it(`and nothing for ${user ?? 'nobody'}`, async () => {
        await serve()
        expect(await negotiate(user)).not.to.have.property('tokenLifetimeSeconds')
      })

    it('and nothing where refresh is not enabled', async () => {
      await serve()
      expect(await negotiate('ann user 60', 1, '/without')).not.to.have.property('tokenLifetimeSeconds')
    })

    it('no longer than they may count', async () => {
      await serve({ maximumAuthenticationExpirationMs: 30_900 })
      expect(await negotiate('ann user 60')).to.have.property('tokenLifetimeSeconds', 30)
      expect(await negotiate('ann user')).to.have.property('tokenLifetimeSeconds', 30)
      expect(await negotiate('ann user 10.5')).to.have.property('tokenLifetimeSeconds', 10)
    })
  })

  describe('answers a refresh', () => {
    beforeEach(() => serve())

    it('with the new lifetime', async () => {
      const { id, socket } = await connect('ann user 60')
      expect(answerOf(await refresh(id, 'ann user 90.5'))).to.deep.equal([
        200,
        'application/json',
        '{"tokenLifetimeSeconds":90}',
      ])
      socket.connection.vanish()
    })

    it('with nothing for credentials without an end', async () => {
      const { id, socket } = await connect('ann user 60')
      expect(answerOf(await refresh(id, 'ann user'))).to.deep.equal([200, 'application/json', '{}'])
      socket.connection.vanish()
    })

    for (const method of ['GET', 'PUT', 'DELETE'])
      it(`by ${method} with 405`, async () => {
        const response = await requestOnce(port, { method, path: '/hub/refresh', headers: as('ann user') })
        expect(answerOf(response)).to.deep.equal([405, 'text/plain', ''])
      })

    it('that names its connection in a header, as clients since .NET 11.0.0 do', async () => {
      const { id, socket } = await connect('ann user')
      const response = await requestOnce(port, {
        method: 'POST',
        path: '/hub/refresh',
        headers: { ...as('ann admin'), 'X-SignalR-Connection-Token': `${id}` },
      })
      expect(answerOf(response)).to.deep.equal([200, 'application/json', '{}'])
      expect(await resultOf(socket)).to.equal('ann admin')
      socket.connection.vanish()
    })

    it('that names none with 400', async () => {
      const response = await requestOnce(port, { method: 'POST', path: '/hub/refresh', headers: as('ann user') })
      expect(answerOf(response)).to.deep.equal(refused(400, 'missing_connection_token'))
    })

    it('with an empty id with 400', async () => {
      expect(answerOf(await refresh('', 'ann user'))).to.deep.equal(refused(400, 'missing_connection_token'))
    })

    it('of an unknown connection with 404', async () => {
      expect(answerOf(await refresh('x', 'ann user'))).to.deep.equal(refused(404, 'connection_not_found'))
    })

    it('of a connection at another endpoint with 404', async () => {
      const { connectionToken } = await negotiate('ann user', 1, '/without')
      expect(answerOf(await refresh(connectionToken, 'ann user'))).to.deep.equal(refused(404, 'connection_not_found'))
    })

    it('by the public id with 404', async () => {
      const { connectionId } = await negotiate('ann user')
      expect(answerOf(await refresh(connectionId, 'ann user'))).to.deep.equal(refused(404, 'connection_not_found'))
    })

    it('of a connection whose id is public with 400', async () => {
      const { connectionId } = await negotiate('ann user', 0)
      expect(answerOf(await refresh(connectionId, 'ann user'))).to.deep.equal(
        refused(400, 'unsupported_negotiate_version'),
      )
    })

    it('without credentials with 401', async () => {
      const { connectionToken } = await negotiate('ann user')
      expect(answerOf(await refresh(connectionToken))).to.deep.equal(refused(401, 'invalid_token'))
    })

    it('by another user with 403, and nothing changes', async () => {
      const { id, socket } = await connect('ann user')
      expect(answerOf(await refresh(id, 'bob admin'))).to.deep.equal(refused(403, 'permission_change_rejected'))
      expect(await resultOf(socket)).to.equal('ann user')
      expect(refreshes).to.have.length(0)
      socket.connection.vanish()
    })

    it('without credentials at a guarded hub as any request there', async () => {
      const response = await requestOnce(port, { method: 'POST', path: '/guarded/refresh?id=x' })
      expect(answerOf(response)).to.deep.equal([401, undefined, ''])
      expect(response.head.header('www-authenticate')).to.equal('Test')
    })

    it('with the bare 404 where it is not enabled', async () => {
      const response = await requestOnce(port, {
        method: 'POST',
        path: '/without/refresh?id=x',
        headers: as('ann user'),
      })
      expect(answerOf(response)).to.deep.equal([404, undefined, ''])
    })
  })

  it('goes by the user-id provider for who is the same user', async () => {
    await serve({ userIdProvider: ({ user }) => user.findFirst('role') })
    const { id, socket } = await connect('ann user')
    expect((await refresh(id, 'bob user')).status).to.equal(200)
    expect((await refresh(id, 'ann admin')).status).to.equal(403)
    socket.connection.vanish()
  })

  describe('asks the application', () => {
    it('with the old user and the new one', async () => {
      await serve()
      const { id, socket } = await connect('ann user')
      const before = Date.now()
      await refresh(id, 'ann admin 60')
      const [context] = refreshes
      expect(context?.previousUser.findFirst('role')).to.equal('user')
      expect(context?.newUser.findFirst('role')).to.equal('admin')
      expect(context?.newExpiresAt).to.be.within(before + 60_000, Date.now() + 60_000)
      expect(context?.request.path).to.equal('/hub/refresh')
      expect(context?.connectionId).to.match(/^.{22}$/)
      socket.connection.vanish()
    })

    const refusals: readonly { readonly name: string; readonly callback: MapHubOptions['onAuthenticationRefresh'] }[] =
      [
        { name: 'says no', callback: () => false },
        { name: 'says no later', callback: async () => false },
        {
          name: 'throws',
          callback: () => {
            throw new Error('no')
          },
        },
      ]
    for (const { name, callback } of refusals)
      it(`and refuses with 403 when it ${name}`, async () => {
        await serve({ onAuthenticationRefresh: callback! })
        const { id, socket } = await connect('ann user')
        expect(answerOf(await refresh(id, 'ann admin'))).to.deep.equal(refused(403, 'permission_change_rejected'))
        expect(await resultOf(socket)).to.equal('ann user')
        socket.connection.vanish()
      })

    it('and logs when it throws', async () => {
      await serve({
        onAuthenticationRefresh: () => {
          throw new Error('no')
        },
      })
      const { id, socket } = await connect('ann user')
      await refresh(id, 'ann admin')
      expect(errors).to.have.length(1)
      socket.connection.vanish()
    })
  })

  describe('leaves a connection to the user who opens it', () => {
    it('which is the one who negotiated it, if they were known then', async () => {
      await serve()
      const { connectionToken: id } = await negotiate('ann user')
      expect(answerOf(await refresh(id, 'bob admin'))).to.deep.equal(refused(403, 'permission_change_rejected'))
      expect(refreshes).to.have.length(0)
    })

    it('though someone else has refreshed it before', async function () {
      this.timeout(10_000)
      await serve({ closeOnAuthenticationExpiration: true })
      const { connectionToken: id } = await negotiate()
      await refresh(id, 'bob admin 90')
      const socket = await attach(id, 'ann user 1')
      socket.sendText(record)
      await socket.readText()
      expect(await resultOf(socket)).to.equal('ann user')
      expect(await socket.readText()).to.equal(close)
    })

    it('while the application still thinks about a refresh by someone else', async () => {
      let agree!: (isAccepted: boolean) => void
      let onAsked!: () => void
      const asked = new Promise<void>(resolve => {
        onAsked = resolve
      })
      await serve({
        onAuthenticationRefresh: () => {
          onAsked()
          return new Promise<boolean>(resolve => {
            agree = resolve
          })
        },
      })
      const { connectionToken: id } = await negotiate()
      const refreshing = refresh(id, 'bob admin')
      await asked
      const socket = await attach(id, 'ann user')
      socket.sendText(record)
      await socket.readText()
      agree(true)
      expect(answerOf(await refreshing)).to.deep.equal(refused(403, 'permission_change_rejected'))
      expect(await resultOf(socket)).to.equal('ann user')
      socket.connection.vanish()
    })
  })

  it('lets later calls run as the new user, under the same user id', async () => {
    await serve()
    const { id, socket } = await connect('ann user')
    expect(await resultOf(socket, 'ban')).to.equal("Failed to invoke 'ban' because user is unauthorized")
    await refresh(id, 'ann admin')
    expect(await resultOf(socket)).to.equal('ann admin')
    expect(await resultOf(socket, 'ban')).to.equal(null)
    socket.connection.vanish()
  })

  it('tells the hub, which may have a word with the client before that hears of its success', async () => {
    onRefreshed = hub => hub.clients.caller['Refreshed']!(hub.who())
    await serve()
    const { id, socket } = await connect('ann user')
    await refresh(id, 'ann admin')
    expect(await socket.readText()).to.equal('{"type":1,"target":"Refreshed","arguments":["ann admin"]}\x1e')
    socket.connection.vanish()
  })

  it('tells the hub nothing when it refuses, nor of credentials that change nothing', async () => {
    const told: string[] = []
    onRefreshed = hub => told.push(hub.who())
    await serve({ onAuthenticationRefresh: ({ newUser }) => !newUser.hasClaim('role', 'owner') })
    const { id, socket } = await connect('ann user 60')
    await refresh(id, 'ann owner 90')
    await refresh(id, 'ann admin 30')
    expect(await resultOf(socket)).to.equal('ann user')
    expect(told).to.deep.equal([])
    socket.connection.vanish()
  })

  it('lets a call that runs keep the user it started with, and then tells the hub', async () => {
    const told = new Promise<string>(resolve => {
      onRefreshed = hub => resolve(hub.who())
    })
    await serve()
    const { id, socket } = await connect('ann user')
    socket.sendText(ask.replace('who', 'hold'))
    await refresh(id, 'ann admin')
    release()
    expect(await socket.readText()).to.equal('{"type":3,"invocationId":"1","result":"ann user"}\x1e')
    expect(await told).to.equal('ann admin')
    socket.connection.vanish()
  })

  it('does not go back to credentials that end before those in force', async () => {
    await serve()
    const { id, socket } = await connect('ann user 60')
    await refresh(id, 'ann admin 90')
    expect((await refresh(id, 'ann user 60')).status).to.equal(200)
    expect(await resultOf(socket)).to.equal('ann admin')
    socket.connection.vanish()
  })

  describe('closes, when credentials expire,', function () {
    this.timeout(10_000)

    it('those who have not refreshed, and no others', async () => {
      await serve({ closeOnAuthenticationExpiration: true })
      const stale = await connect('bob user 0.5')
      const { id, socket } = await connect('ann user 0.5')
      expect((await refresh(id, 'ann user 60')).status).to.equal(200)
      expect(await stale.socket.readText()).to.equal(close)
      expect(await resultOf(socket)).to.equal('ann user')
      socket.connection.vanish()
    })

    it('those without an end too, once they have counted long enough', async () => {
      await serve({ closeOnAuthenticationExpiration: true, maximumAuthenticationExpirationMs: 100 })
      const { socket } = await connect('ann user')
      expect(await socket.readText()).to.equal(close)
    })
  })

  describe('takes new credentials from a poll', () => {
    const poll = (path: string, user: string) => requestOnce(port, { path, headers: as(user) })
    const send = (path: string, body: string) =>
      requestOnce(port, { method: 'POST', path, headers: as('ann user'), body })

    async function openPolling(user: string): Promise<string> {
      const path = `/hub?id=${(await negotiate(user))['connectionToken']}`
      await poll(path, user)
      await send(path, record)
      await poll(path, user)
      return path
    }

    it('when the application agrees', async () => {
      await serve()
      const path = await openPolling('ann user')
      const polled = poll(path, 'ann admin')
      while (refreshes.length === 0) await new Promise(resolve => setImmediate(resolve))
      await send(path, ask)
      expect((await polled).body.toString()).to.equal('{"type":3,"invocationId":"1","result":"ann admin"}\x1e')
      expect(refreshes).to.have.length(1)
    })

    it('without asking while they stay the same', async () => {
      await serve()
      const path = await openPolling('ann user')
      await send(path, ask)
      await poll(path, 'ann user')
      expect(refreshes).to.have.length(0)
    })

    for (const seconds of [30, 90])
      it(`and refuses those of another user, which end ${seconds < 60 ? 'before' : 'after'} those in force, and nothing happens`, async () => {
        await serve()
        const path = await openPolling('ann user 60')
        const { status, body } = await poll(path, `bob user ${seconds}`)
        expect([status, body.toString()]).to.deep.equal([403, '{"error":"permission_change_rejected"}'])
        await send(path, ask)
        expect((await poll(path, 'ann user 60')).body.toString()).to.equal(
          '{"type":3,"invocationId":"1","result":"ann user"}\x1e',
        )
      })

    it('and leaves out those that are older', async () => {
      await serve()
      const path = await openPolling('ann user 60')
      await send(path, ask)
      refreshes.length = 0 // each poll of the set-up came with an end a little later
      expect((await poll(path, 'ann admin 30')).body.toString()).to.equal(
        '{"type":3,"invocationId":"1","result":"ann user"}\x1e',
      )
      expect(refreshes).to.have.length(0)
    })

    it('and leaves out those that a refresh has just replaced, though they end in the same second', async () => {
      await serve()
      const end = `@${Date.now() + 60_000}`
      const path = await openPolling(`ann user ${end}`)
      expect((await refresh(path.slice('/hub?id='.length), `ann admin ${end}`)).status).to.equal(200)
      await send(path, ask)
      expect((await poll(path, `ann user ${end}`)).body.toString()).to.equal(
        '{"type":3,"invocationId":"1","result":"ann admin"}\x1e',
      )
      expect(refreshes).to.have.length(1)
    })

    it('and tells the hub', async () => {
      const told: string[] = []
      onRefreshed = hub => told.push(hub.who())
      await serve()
      const path = await openPolling('ann user')
      await send(path, ask)
      await poll(path, 'ann admin')
      expect(told).to.deep.equal(['ann admin'])
    })

    it('and goes on when they are refused after newer ones have come', async () => {
      let path = ''
      await serve({
        onAuthenticationRefresh: async ({ newUser }) => {
          if (!newUser.hasClaim('role', 'admin')) return true
          await refresh(path.slice('/hub?id='.length), 'ann owner 90')
          return false
        },
      })
      path = await openPolling('ann user 30')
      await send(path, ask)
      expect((await poll(path, 'ann admin 60')).status).to.equal(200)
      await send(path, ask)
      expect((await poll(path, 'ann owner 90')).body.toString()).to.equal(
        '{"type":3,"invocationId":"1","result":"ann owner"}\x1e',
      )
    })

    it('and ends the connection when they are refused', async () => {
      await serve({ onAuthenticationRefresh: () => false })
      const path = await openPolling('ann user')
      const { status, head, body } = await poll(path, 'ann admin')
      expect([status, body.toString()]).to.deep.equal([403, '{"error":"permission_change_rejected"}'])
      expect(head.header('cache-control')).to.equal('no-cache, no-store')
      expect((await poll(path, 'ann user')).body.toString()).to.equal(close)
      expect((await poll(path, 'ann user')).status).to.equal(204)
    })
  })

  describe('takes new credentials from a WebSocket that resumes', () => {
    /** A client that has lost its socket and may come back. */
    async function loseSocket(user: string, options: MapHubOptions = {}): Promise<unknown> {
      await serve({ allowStatefulReconnects: true, ...options })
      const { id, socket } = await connect(user, resumableRecord)
      socket.connection.vanish()
      return id
    }

    async function resume(id: unknown, user: string): Promise<RawWebSocket> {
      const socket = await attach(id, user)
      socket.sendText('{"type":9,"sequenceId":1}\x1e')
      expect(await socket.readText()).to.equal('{"type":9,"sequenceId":1}\x1e')
      return socket
    }

    const tryResume = (id: unknown, user: string): Promise<RawResponse> =>
      requestOnce(port, { path: `/hub?id=${id}`, headers: { ...handshakeHeaders, ...as(user) } })

    it('when the application agrees, and tells the hub', async () => {
      const told: string[] = []
      onRefreshed = hub => told.push(hub.who())
      const id = await loseSocket('ann user')
      const socket = await resume(id, 'ann admin')
      expect(await resultOf(socket)).to.equal('ann admin')
      expect(refreshes.map(({ newUser }) => newUser.findFirst('role'))).to.deep.equal(['admin'])
      expect(told).to.deep.equal(['ann admin'])
      socket.connection.vanish()
    })

    it('without asking while they stay the same', async () => {
      const id = await loseSocket('ann user')
      const socket = await resume(id, 'ann user')
      expect(refreshes).to.have.length(0)
      socket.connection.vanish()
    })

    it('and leaves out those that are older', async () => {
      const id = await loseSocket('ann user 60')
      const socket = await resume(id, 'ann admin 30')
      expect(await resultOf(socket)).to.equal('ann user')
      expect(refreshes).to.have.length(0)
      socket.connection.vanish()
    })

    it('and ends the connection when they are refused', async () => {
      const id = await loseSocket('ann user', { onAuthenticationRefresh: () => false })
      const { status, body } = await tryResume(id, 'ann admin')
      expect([status, body.toString()]).to.deep.equal([403, '{"error":"permission_change_rejected"}'])
      expect((await tryResume(id, 'ann user')).status).to.equal(404)
    })

    it('and refuses those of another user, which does not keep the rightful one from coming back', async () => {
      const id = await loseSocket('ann user')
      const { status, body } = await tryResume(id, 'bob user')
      expect([status, body.toString()]).to.deep.equal([403, '{"error":"permission_change_rejected"}'])
      const socket = await resume(id, 'ann user')
      expect(await resultOf(socket)).to.equal('ann user')
      socket.connection.vanish()
    })
  })
})
