import {
  handshakeHeaders,
  RawConnection,
  type RawRequest,
  type RawResponse,
  RawWebSocket,
  readHead,
  readResponse,
  requestOnce,
  writeRequest,
} from '@signalbox/conformance'
import { expect } from 'chai'
import {
  type Authenticate,
  type AuthenticationResult,
  authorize,
  createPrincipal,
  createServer,
  type HttpRequest,
  Hub,
  type MapHubOptions,
  type ServerOptions,
  type SignalboxServer,
  silentLogger,
} from '../index.js'

const record = '{"protocol":"json","version":1}\x1e'

class WhoHub extends Hub {
  static hubMethods = { who: 0, ban: { authorize: 'admin' } }

  who(): unknown {
    const { userIdentifier, user } = this.context
    return { userIdentifier: userIdentifier ?? null, role: user.findFirst('role') ?? null }
  }

  ban(): string {
    return 'banned'
  }
}

@authorize()
class GuardedHub extends WhoHub {}

class HeirOfGuardedHub extends GuardedHub {}

@authorize('admin')
class AdminHub extends WhoHub {}

/** The user and the role a test wants to have: the header `X-User: ann admin`. */
const byHeader: Authenticate = request => {
  const [userId, role] = request.header('x-user')?.split(' ') ?? []
  if (userId === undefined) return { challenge: 'Test realm="hub"' }
  return createPrincipal({ userId, claims: role === undefined ? [] : [{ type: 'role', value: role }] })
}

const soon: Authenticate = async request => {
  await new Promise(resolve => setImmediate(resolve))
  return byHeader(request)
}

const policies = { admin: (user: { hasClaim(type: string, value: string): boolean }) => user.hasClaim('role', 'admin') }
const asUser = { 'X-User': 'ann' }
const asAdmin = { 'X-User': 'ann admin' }

/** Each is answered otherwise by an open hub: by 101, 200, 202, 400, 403, 404 and 405. */
const requests: readonly (RawRequest & { readonly name: string; readonly open: number })[] = [
  { name: 'a negotiate', method: 'POST', path: '/hub/negotiate?negotiateVersion=1', open: 200 },
  { name: 'a negotiate by a wrong verb', path: '/hub/negotiate', open: 405 },
  { name: 'a WebSocket', path: '/hub', headers: handshakeHeaders, open: 101 },
  { name: 'a WebSocket of an unknown id', path: '/hub?id=x', headers: handshakeHeaders, open: 404 },
  {
    name: 'a WebSocket of a foreign page',
    path: '/hub',
    headers: { ...handshakeHeaders, Origin: 'http://evil.example' },
    open: 403,
  },
  { name: 'an event stream', path: '/hub?id=x', headers: { Accept: 'text/event-stream' }, open: 404 },
  { name: 'a poll', path: '/hub?id=x', open: 404 },
  { name: 'a poll without id', path: '/hub', open: 400 },
  { name: 'a send', method: 'POST', path: '/hub?id=x', body: record, open: 404 },
  { name: 'a stop', method: 'DELETE', path: '/hub?id=x', open: 404 },
  { name: 'PUT', method: 'PUT', path: '/hub', open: 405 },
  { name: 'HEAD', method: 'HEAD', path: '/hub', open: 405 },
  { name: 'OPTIONS', method: 'OPTIONS', path: '/hub', open: 405 },
]

const withHeaders = (request: RawRequest, headers: RawRequest['headers']): RawRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
})

describe('a server that authenticates', () => {
  let server: SignalboxServer
  let port: number
  let errors: { readonly message: string; readonly error: unknown }[]

  afterEach(() => server.close({ drainTimeoutMs: 0 }))

  function create(options: ServerOptions): void {
    errors = []
    const logger = { ...silentLogger, error: (message: string, error: unknown) => void errors.push({ message, error }) }
    server = createServer({ authenticate: byHeader, policies, logger, ...options })
  }

  async function serve(hubClass: typeof WhoHub, options: ServerOptions = {}, hubOptions: MapHubOptions = {}) {
    create(options)
    server.mapHub('/hub', hubClass, hubOptions)
    port = (await server.listen(0)).port
  }

  /** Only the head of a 101 can be waited for. */
  async function statusOf(request: RawRequest): Promise<number> {
    const connection = await RawConnection.open(port)
    writeRequest(connection, request)
    const { status } = await readHead(connection)
    connection.vanish()
    return status
  }

  async function call(target: string, headers: RawRequest['headers'] = {}): Promise<unknown> {
    const connection = await RawConnection.open(port)
    writeRequest(connection, { path: '/hub', headers: { ...handshakeHeaders, ...headers } })
    const socket = new RawWebSocket(connection, await readHead(connection))
    socket.sendText(record)
    await socket.readText()
    socket.sendText(`{"type":1,"invocationId":"1","target":"${target}","arguments":[]}\x1e`)
    const { result, error } = JSON.parse((await socket.readText()).slice(0, -1))
    connection.vanish()
    return error ?? result
  }

  for (const [name, authenticate] of [
    ['at once', byHeader],
    ['later', soon],
  ] as const)
    describe(`and decides ${name}`, () => {
      describe('at a guarded hub', () => {
        for (const { name, ...request } of requests) {
          it(`answers 401 to ${name} of nobody, before anything else`, async () => {
            await serve(GuardedHub, { authenticate })
            const { head, status, body } = await requestOnce(port, request)
            expect(status).to.equal(401)
            expect(body).to.have.length(0)
            expect(head.header('www-authenticate')).to.equal('Test realm="hub"')
            expect(head.header('content-type')).to.equal(undefined)
            expect(head.header('cache-control')).to.equal(undefined)
            if (request.method !== 'HEAD') expect(head.header('content-length')).to.equal('0')
          })

          it(`answers 403 to ${name} of someone a policy refuses`, async () => {
            await serve(AdminHub, { authenticate })
            const { head, status, body } = await requestOnce(port, withHeaders(request, asUser))
            expect(status).to.equal(403)
            expect(body).to.have.length(0)
            expect(head.header('www-authenticate')).to.equal(undefined)
            expect(head.header('content-type')).to.equal(undefined)
          })

          it(`goes on with ${name} of someone it lets in`, async () => {
            await serve(AdminHub, { authenticate })
            expect(await statusOf(withHeaders(request, asAdmin))).to.equal(request.open)
          })
        }
      })

      it('serves nobody known at a hub that is open', async () => {
        await serve(WhoHub, { authenticate })
        expect(await call('who')).to.deep.equal({ userIdentifier: null, role: null })
      })

      it('tells a hub who calls', async () => {
        await serve(WhoHub, { authenticate })
        expect(await call('who', asAdmin)).to.deep.equal({ userIdentifier: 'ann', role: 'admin' })
      })

      it('guards single methods', async () => {
        await serve(WhoHub, { authenticate })
        expect(await call('ban', asUser)).to.equal("Failed to invoke 'ban' because user is unauthorized")
        expect(await call('ban', asAdmin)).to.equal('banned')
      })
    })

  describe('guards a hub', () => {
    const negotiate = { method: 'POST', path: '/hub/negotiate' }
    const guards: readonly { readonly by: string; readonly hub: typeof WhoHub; readonly options?: MapHubOptions }[] = [
      { by: 'its class', hub: GuardedHub },
      { by: 'the class it extends', hub: HeirOfGuardedHub },
      { by: 'true where it is mapped', hub: WhoHub, options: { authorize: true } },
    ]
    for (const { by, hub, options } of guards)
      it(`by ${by}`, async () => {
        await serve(hub, {}, options)
        expect(await statusOf(negotiate)).to.equal(401)
        expect(await statusOf(withHeaders(negotiate, asUser))).to.equal(200)
      })

    const demands: readonly MapHubOptions['authorize'][] = ['admin', ['admin'], ['known', 'admin']]
    for (const demand of demands)
      it(`by ${JSON.stringify(demand)} where it is mapped`, async () => {
        await serve(WhoHub, { policies: { ...policies, known: () => true } }, { authorize: demand! })
        expect(await statusOf(withHeaders(negotiate, asUser))).to.equal(403)
        expect(await statusOf(withHeaders(negotiate, asAdmin))).to.equal(200)
      })

    it('by both its class and where it is mapped', async () => {
      await serve(GuardedHub, {}, { authorize: 'admin' })
      expect(await statusOf(withHeaders(negotiate, asUser))).to.equal(403)
    })

    it('by a policy that takes its time', async () => {
      await serve(
        WhoHub,
        { policies: { ...policies, later: async user => user.hasClaim('role', 'admin') } },
        { authorize: 'later' },
      )
      expect(await statusOf(withHeaders(negotiate, asUser))).to.equal(403)
      expect(await statusOf(withHeaders(negotiate, asAdmin))).to.equal(200)
    })

    it('and answers 500 when a policy fails, which is logged', async () => {
      const error = new Error('no database')
      const broken = () => {
        throw error
      }
      await serve(WhoHub, { policies: { ...policies, broken } }, { authorize: 'broken' })
      expect(await statusOf(withHeaders(negotiate, asUser))).to.equal(500)
      expect(errors).to.deep.equal([
        { message: "A POST to /hub/negotiate was refused with 500: the policy 'broken' failed.", error },
      ])
    })
  })

  it('guards a raw connection', async () => {
    create({})
    server.mapConnection('/hub', () => {}, { authorize: 'admin' })
    port = (await server.listen(0)).port
    expect(await statusOf({ path: '/hub', headers: handshakeHeaders })).to.equal(401)
    expect(await statusOf({ path: '/hub', headers: { ...handshakeHeaders, ...asUser } })).to.equal(403)
    expect(await statusOf({ path: '/hub', headers: { ...handshakeHeaders, ...asAdmin } })).to.equal(101)
  })

  it('answers a preflight before it asks who is there', async () => {
    await serve(GuardedHub, { allowedOrigins: ['http://page.example'] })
    const headers = { Origin: 'http://page.example', 'Access-Control-Request-Method': 'POST' }
    expect(await statusOf({ method: 'OPTIONS', path: '/hub', headers })).to.equal(204)
  })

  it('lets a page see that it was refused', async () => {
    await serve(GuardedHub, { allowedOrigins: ['http://page.example'] })
    const { head } = await requestOnce(port, { path: '/hub', headers: { Origin: 'http://page.example' } })
    expect(head.header('access-control-allow-origin')).to.equal('http://page.example')
  })

  it('reads cookies', async () => {
    const authenticate = (request: HttpRequest) => createPrincipal({ userId: request.cookie('session') ?? 'nobody' })
    await serve(GuardedHub, { authenticate })
    expect(await call('who', { Cookie: 'a=b; session=ann' })).to.include({ userIdentifier: 'ann' })
  })

  const failures: readonly {
    readonly name: string
    readonly fail: (error: Error) => AuthenticationResult | Promise<AuthenticationResult>
  }[] = [
    {
      name: 'throws',
      fail: error => {
        throw error
      },
    },
    { name: 'rejects', fail: error => Promise.reject(error) },
  ]
  for (const { name, fail } of failures)
    it(`answers 401 when authenticate ${name}, even at an open hub, and logs it without the query`, async () => {
      const error = new Error('no keys')
      await serve(WhoHub, { authenticate: () => fail(error) })
      const { head, status } = await requestOnce(port, { path: '/hub?access_token=secret&id=secret' })
      expect(status).to.equal(401)
      expect(head.header('www-authenticate')).to.equal(undefined)
      expect(errors).to.deep.equal([{ message: 'A GET to /hub was refused with 401: authenticate failed.', error }])
    })

  for (const challenge of ['x\r\nSet-Cookie: a=b', 'realm="€"'])
    it(`answers 500 for the challenge ${JSON.stringify(challenge)}, which no header can carry`, async () => {
      await serve(GuardedHub, { authenticate: () => ({ challenge }) })
      const { head } = await requestOnce(port, { path: '/hub' })
      expect(head.status).to.equal(500)
      expect(head.header('set-cookie')).to.equal(undefined)
      expect(errors.map(({ error }) => String(error))).to.deep.equal([
        'TypeError: The header "WWW-Authenticate" has a name or a value that no header can have.',
      ])
    })

  for (const [what, result] of [
    ['true', true],
    ['a text', 'ann'],
    ['null', null],
    ['an object of another kind', { name: 'ann' }],
  ] as const)
    it(`answers 401 when authenticate returns ${what}, and names it in the log`, async () => {
      await serve(GuardedHub, { authenticate: () => result as never })
      expect((await requestOnce(port, { path: '/hub' })).status).to.equal(401)
      expect(errors.map(({ error }) => String(error))).to.match(/authenticate must return a principal, a challenge/)
    })

  describe('while it waits for the answer', () => {
    let decide: () => void
    let asked: Promise<void>

    beforeEach(async () => {
      let report: () => void
      asked = new Promise(resolve => {
        report = resolve
      })
      await serve(GuardedHub, {
        // The poll and the negotiate of a set-up are not to wait.
        authenticate: request => {
          if (request.header('x-wait') === undefined) return byHeader(request)
          report()
          return new Promise(resolve => {
            decide = () => resolve(byHeader(request))
          })
        },
      })
    })

    /** A long-polling connection that has had its first poll. */
    async function connect(): Promise<string> {
      const { body } = await requestOnce(port, {
        method: 'POST',
        path: '/hub/negotiate?negotiateVersion=1',
        headers: asUser,
      })
      const path = `/hub?id=${JSON.parse(body.toString()).connectionToken}`
      await requestOnce(port, { path, headers: asUser })
      return path
    }

    async function send(request: RawRequest): Promise<RawConnection> {
      const connection = await RawConnection.open(port)
      writeRequest(connection, withHeaders(request, { ...asUser, 'X-Wait': 'yes' }))
      await asked
      return connection
    }

    const poll = async (path: string): Promise<string> =>
      (await requestOnce(port, { path, headers: asUser })).body.toString()

    it('keeps a body that is all there', async () => {
      const path = await connect()
      const connection = await send({ method: 'POST', path, body: record })
      decide()
      expect((await readResponse(connection)).status).to.equal(200)
      expect(await poll(path)).to.equal('{}\x1e')
    })

    it('keeps what is there of a body, and adds the rest', async () => {
      const path = await connect()
      const connection = await send({ method: 'POST', path, headers: { 'Content-Length': String(record.length) } })
      connection.write(record.slice(0, 10))
      decide()
      connection.write(record.slice(10))
      expect((await readResponse(connection)).status).to.equal(200)
      expect(await poll(path)).to.equal('{}\x1e')
    })

    it('keeps no more of a body than may be sent, and answers 413', async () => {
      const path = await connect()
      const connection = await send({ method: 'POST', path, body: 'x'.repeat(1_048_577) })
      decide()
      expect((await readResponse(connection)).status).to.equal(413)
    })

    it('forgets a client that goes away', async () => {
      const connection = await send({ method: 'POST', path: '/hub/negotiate' })
      connection.vanish()
      await connection.closed
      await connect() // the server has seen the reset when it has answered all this
      decide()
      await new Promise(resolve => setImmediate(resolve))
      expect(server.connectionCount).to.equal(1)
    })

    it('answers only once it knows', async () => {
      const connection = await send({ method: 'POST', path: '/hub/negotiate' })
      let answer: RawResponse | undefined
      const answered = readResponse(connection).then(response => {
        answer = response
      })
      await connect()
      expect(answer).to.equal(undefined)
      decide()
      await answered
      expect(answer?.status).to.equal(200)
    })
  })
})
