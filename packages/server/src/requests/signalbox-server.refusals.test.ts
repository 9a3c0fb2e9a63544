import { handshakeHeaders, type RawRequest, RecordingLogger, requestOnce } from '@signalbox/conformance'
import { expect } from 'chai'
import { createPrincipal, createServer, Hub, type ServerOptions, type SignalboxServer } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

class ChatHub extends Hub {}

interface RefusedRequest {
  readonly what: string
  readonly cause: string
  readonly options?: ServerOptions
  /** Sent before, answered and forgotten. */
  readonly before?: readonly RawRequest[]
  readonly request: RawRequest
  readonly status: number
  readonly warning: string
}

const negotiate: RawRequest = { method: 'POST', path: '/chat/negotiate?negotiateVersion=1&access_token=secret' }
const foreignPage = { Origin: 'https://page.example' }
const guarded = { authorize: 'vip', policies: { vip: () => false } } as const

const refused: readonly RefusedRequest[] = [
  {
    what: 'a WebSocket of a foreign page',
    cause: 'originRefused',
    request: { path: '/chat?access_token=secret', headers: { ...handshakeHeaders, ...foreignPage } },
    status: 403,
    warning:
      "A GET to /chat was refused with 403: its page is of the origin https://page.example, the request's Host is 127.0.0.1, and" +
      " allowedOrigins does not have the origin. If the page may connect: allowedOrigins: ['https://page.example'], or a proxy that" +
      ' passes the Host on (changeOrigin: false).',
  },
  {
    what: 'the preflight of a foreign page',
    cause: 'originRefused',
    options: { allowedOrigins: ['https://other.example'] },
    request: {
      method: 'OPTIONS',
      path: '/chat/negotiate?access_token=secret',
      headers: { ...foreignPage, 'Access-Control-Request-Method': 'POST' },
    },
    status: 204,
    warning:
      "A preflight of /chat/negotiate gets no CORS headers: its page is of the origin https://page.example, the request's Host is" +
      " 127.0.0.1, and allowedOrigins does not have the origin. If the page may connect: allowedOrigins: ['https://page.example'], or" +
      ' a proxy that passes the Host on (changeOrigin: false).',
  },
  {
    what: 'a request of nobody',
    cause: 'unauthenticated',
    options: { authenticate: () => undefined },
    request: negotiate,
    status: 401,
    warning:
      'A POST to /chat/negotiate was refused with 401: authenticate knows no user for it, and authorize asks for one.',
  },
  {
    what: 'a request with a token that is over',
    cause: 'unauthenticated',
    options: { authenticate: () => ({ challenge: 'Bearer error="invalid_token"' }) },
    request: negotiate,
    status: 401,
    warning: 'A POST to /chat/negotiate was refused with 401: authenticate answers Bearer error="invalid_token"',
  },
  {
    what: 'a request of somebody a policy does not let pass',
    cause: 'forbidden',
    options: { authenticate: () => createPrincipal({ userId: 'ann' }) },
    request: negotiate,
    status: 403,
    warning: "A POST to /chat/negotiate was refused with 403: the policy 'vip' does not let its user pass.",
  },
  {
    what: 'a version that is too old',
    cause: 'versionRefused',
    options: { minimumProtocolVersion: 1 },
    request: { method: 'POST', path: '/chat/negotiate?access_token=secret' },
    status: 200,
    warning:
      "A POST to /chat/negotiate was refused with 200: The client requested version '0', but the server does not support this" +
      ' version. minimumProtocolVersion is 1.',
  },
  {
    what: 'a transport that is not offered',
    cause: 'transportNotSupported',
    options: { transports: ['ServerSentEvents', 'LongPolling'] },
    request: { path: '/chat?access_token=secret', headers: handshakeHeaders },
    status: 404,
    warning:
      "A GET to /chat was refused with 404: it wants WebSockets, and transports is ['ServerSentEvents', 'LongPolling'].",
  },
  ...(
    [
      ['WebSocket', handshakeHeaders],
      ['event stream', { Accept: 'text/event-stream' }],
      ['poll', {}],
    ] as const
  ).map(([what, headers]) => ({
    what: `the ${what} of a connection that was negotiated elsewhere`,
    cause: 'unknownConnectionOpened',
    request: { path: '/chat?id=secret', headers },
    status: 404,
    warning:
      'A GET to /chat was refused with 404: this process has not negotiated its connection, or has forgotten it. When there are' +
      ' several processes or servers, the requests of one connection must all reach the same one (sticky sessions at the load' +
      ' balancer), unless all clients skip the negotiation.',
  })),
  {
    what: 'a negotiation where no hub is',
    cause: 'noHubAtPath',
    request: { method: 'POST', path: '/chathub/negotiate?access_token=secret' },
    status: 404,
    warning:
      "A POST to /chathub/negotiate was refused with 404: no hub is mapped at /chathub, there are /chat. The client's URL and" +
      ' mapHub need the same path.',
  },
  {
    what: 'a WebSocket where no hub is',
    cause: 'noHubAtPath',
    request: { path: '/', headers: handshakeHeaders },
    status: 404,
    warning:
      "A GET to / was refused with 404: no hub is mapped at /, there are /chat. The client's URL and mapHub need the same path.",
  },
]

const silent: readonly (RawRequest & { readonly what: string; readonly cause: string })[] = [
  { what: 'a page that nobody has', cause: 'noSuchPath', path: '/wp-login.php' },
  { what: 'a browser that looks at a hub', cause: 'connectionIdRequired', path: '/chat' },
  {
    what: 'a POST of a connection that has ended',
    cause: 'unknownConnection',
    method: 'POST',
    path: '/chat?id=secret',
  },
  { what: 'a verb that means nothing', cause: 'methodNotAllowed', method: 'PUT', path: '/chat' },
]

for (const { title, create } of hostFactories)
  describe(`what a server refuses on ${title}`, () => {
    let logger: RecordingLogger
    let server: SignalboxServer
    let port: number

    beforeEach(() => {
      logger = new RecordingLogger()
    })

    afterEach(() => server.close())

    async function serve(options: ServerOptions = {}): Promise<void> {
      server = createServer({ host: create(), logger, ...options })
      server.mapHub('/chat', ChatHub, options.authenticate === undefined ? {} : guarded)
      port = (await server.listen(0)).port
    }

    for (const { what, cause, options, before = [], request, status, warning } of refused)
      it(`warns of ${what}, once a minute, and counts it`, async () => {
        await serve(options)
        for (const earlier of before) await requestOnce(port, earlier)
        for (let times = 0; times < 2; times++) expect((await requestOnce(port, request)).status).to.equal(status)
        expect(logger.warnings).to.deep.equal([warning])
        expect(logger.details).to.include(warning)
        expect([...server.refusals]).to.deep.equal([[cause, 2]])
      })

    for (const { what, cause, ...request } of silent)
      it(`counts ${what}, and does not warn`, async () => {
        await serve()
        await requestOnce(port, request)
        expect(logger.warnings).to.deep.equal([])
        expect([...server.refusals]).to.deep.equal([[cause, 1]])
      })

    it('warns of a POST that is too large', async () => {
      await serve({ maximumPendingReceiveBytes: 100 })
      const { body } = await requestOnce(port, negotiate)
      const { connectionToken } = JSON.parse(body.toString())
      const path = `/chat?id=${connectionToken}`
      await requestOnce(port, { path })
      expect((await requestOnce(port, { method: 'POST', path, body: 'x'.repeat(101) })).status).to.equal(413)
      expect(logger.warnings).to.deep.equal([
        'A POST to /chat was refused with 413: its body, with those that wait beside it for their turn, is larger than maximumPendingReceiveBytes, which is 100.',
      ])
    })

    it('writes what comes from outside in one line', async () => {
      await serve()
      await requestOnce(port, { path: '/chat', headers: { ...handshakeHeaders, Origin: 'https://a\u0085b' } })
      expect(logger.warnings[0])
        .to.contain('\\u0085b')
        .and.not.match(/[\u0080-\u009f]/)
    })

    it('names no token', async () => {
      for (const { options, before = [], request } of refused) {
        await serve(options)
        for (const one of [...before, request]) await requestOnce(port, one)
        await server.close()
      }
      expect(logger.warnings).to.have.length(refused.length)
      expect([...logger.warnings, ...logger.details].filter(line => line.includes('secret'))).to.deep.equal([])
    })
  })
