import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { handshakeHeaders, RawConnection, readHead, requestOnce, writeRequest } from '@signalbox/conformance'
import { expect } from 'chai'
import {
  ConfigurationError,
  createServer,
  type Host,
  Hub,
  nodeHost,
  type ServerOptions,
  type SignalboxServer,
  silentLogger,
} from '../index.js'

class ChatHub extends Hub {}

describe('attach', () => {
  let web: Server
  let server: SignalboxServer
  let port: number

  beforeEach(async () => {
    web = createHttpServer((_request, response) => response.writeHead(418).end())
    await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve))
    port = (web.address() as AddressInfo).port
  })

  afterEach(async () => {
    await server.close({ drainTimeoutMs: 0 })
    web.closeAllConnections()
    web.close()
  })

  function attach(options: ServerOptions = {}): void {
    server = createServer({ logger: silentLogger, ...options })
    server.mapHub('/chat', ChatHub)
    server.attach(web)
  }

  const statusOf = async (path: string, headers = {}): Promise<number> =>
    (await requestOnce(port, { method: 'POST', path, headers })).status

  /** The answer to a WebSocket handshake of a web page. */
  async function handshakeStatus(headers: Record<string, string>): Promise<number> {
    const connection = await RawConnection.open(port)
    writeRequest(connection, { path: '/chat', headers: { ...handshakeHeaders, ...headers } })
    const { status } = await readHead(connection)
    connection.vanish()
    return status
  }

  it('serves what is mapped and nothing else', async () => {
    attach()

    expect(await statusOf('/chat/negotiate')).to.equal(200)
    expect(await statusOf('/chat/other')).to.equal(418)
    expect(await statusOf('/')).to.equal(418)
  })

  it('serves what is mapped later', async () => {
    attach()
    server.mapRequest('/health', () => ({ status: 204 }))

    expect(await statusOf('/health')).to.equal(204)
  })

  for (const [what, value] of [
    ['the application of Express', Object.assign(() => {}, { listen() {}, use() {} })],
    ['a port', 5000],
    ['nothing', undefined],
    ['an object', { server: true }],
  ] as const)
    it(`refuses ${what} for a server, and says what to write`, () => {
      const other = createServer({ logger: silentLogger })
      expect(() => other.attach(value as never))
        .to.throw(ConfigurationError, 'Of Express or Koa write attach(http.createServer(app))')
        .with.property('option', 'server')
    })

  it('refuses a host that has to have its own port', () => {
    const host: Host = { name: 'uWebSockets.js', listen: async () => 0, stopListening() {}, terminate() {} }

    expect(() => attach({ host })).to.throw(
      ConfigurationError,
      'uWebSockets.js cannot serve beside others: set host to nodeHost().',
    )
  })

  it('ends with close: the server goes on without', async () => {
    attach()

    await server.close()

    expect(await statusOf('/chat/negotiate')).to.equal(418)
  })

  it('serves beside others though it listens on a host that cannot', async () => {
    server = createServer({ logger: silentLogger })
    server.mapHub('/chat', ChatHub)
    const { port: ownPort } = await server.listen(0)
    server.attach(web)

    for (const one of [port, ownPort])
      expect((await requestOnce(one, { method: 'POST', path: '/chat/negotiate' })).status).to.equal(200)
  })

  it('takes several servers', async () => {
    attach()
    const { port: ownPort } = await server.listen(0)

    expect((await requestOnce(ownPort, { method: 'POST', path: '/chat/negotiate' })).status).to.equal(200)
    expect(await statusOf('/chat/negotiate')).to.equal(200)
  })

  describe('behind a proxy', () => {
    const forwarded = { Origin: 'https://app.example', 'X-Forwarded-Host': 'app.example', 'X-Forwarded-Proto': 'https' }

    it('lets in pages of the host the proxy is asked for, if the proxy is trusted', async () => {
      attach({ host: nodeHost({ trustedProxies: ['127.0.0.0/8'] }) })

      expect(await handshakeStatus(forwarded)).to.equal(101)
    })

    it('does not believe a proxy that is not trusted', async () => {
      attach()

      expect(await handshakeStatus(forwarded)).to.equal(403)
    })

    it("tells applications the client's address and scheme", async () => {
      attach({ host: nodeHost({ trustedProxies: ['127.0.0.1'] }) })
      server.mapRequest('/who', ({ remoteAddress, scheme }) => ({ status: 200, body: `${scheme} ${remoteAddress}` }))
      const headers = { ...forwarded, 'X-Forwarded-For': '203.0.113.9' }

      const { body } = await requestOnce(port, { path: '/who', headers })

      expect(body.toString()).to.equal('https 203.0.113.9')
    })
  })
})
