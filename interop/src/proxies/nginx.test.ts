import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { HttpTransportType } from '@microsoft/signalr'
import { expect } from 'chai'
import { transports } from '../clients/client-kinds.js'
import { within } from '../clients/deadline.js'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { withSelfSignedCertificate } from '../reference-server/self-signed-certificate.js'
import { itKeepsSilentConnections, itServesPages, neverSilent } from './describe-transports.js'
import { needs } from './needs-proxies.js'
import { type NginxOptions, startNginx } from './nginx.js'
import { PageClient } from './page-client.js'
import { ProxiedServer } from './proxied-servers.js'
import type { ProxyProcess } from './proxy-process.js'
import { WatchedLinks } from './watched-links.js'

/** Of the configuration with HTTPS, for clients that speak plain HTTP. */
const withoutTls = {
  ' ssl http2;': ';',
  '  ssl_certificate /etc/ssl/certs/chat.pem;\n': '',
  '  ssl_certificate_key /etc/ssl/private/chat.key;\n': '',
}

describeOnEachHost('behind nginx', host => {
  needs('nginx')
  let servers: ProxiedServer[] = []
  let proxies: ProxyProcess[] = []

  let idle: WatchedLinks

  // Begun here and looked at last, so that its five seconds pass meanwhile.
  before('a connection between nginx and the server becomes idle', async () => {
    idle = await WatchedLinks.start((await startServer()).port)
    const { url } = await start('one-server.conf', { ports: { 5000: idle.port }, changes: withoutTls })
    await fetch(`${url}/chat/negotiate?negotiateVersion=1`, { method: 'POST' })
  })

  after(async () => {
    await idle?.stop()
    await Promise.all(proxies.map(proxy => proxy.stop()))
    await Promise.all(servers.map(server => server.stop()))
    servers = []
    proxies = []
  })

  async function startServer(options = {}): Promise<ProxiedServer> {
    const server = await ProxiedServer.start(host, { ...neverSilent, trustedProxies: ['127.0.0.1'], ...options })
    servers.push(server)
    return server
  }

  async function start(name: string, options: NginxOptions): Promise<ProxyProcess> {
    const proxy = await startNginx(name, options)
    proxies.push(proxy)
    return proxy
  }

  describe('with one server', () => {
    let proxy: ProxyProcess

    before(async () => {
      const { port } = await startServer()
      const proxyChanges = { 'proxy_read_timeout 100s': 'proxy_read_timeout 3s' }
      proxy = await start('one-server.conf', { ports: { 5000: port }, changes: withoutTls, proxyChanges })
    })

    itServesPages(() => proxy.url)
    itKeepsSilentConnections(() => proxy.url)

    it("tells the client's address through a chain of trusted proxies", async () => {
      const headers = { Origin: proxy.url, 'X-Forwarded-For': '203.0.113.9' }
      const client = await PageClient.connect(proxy.url, 'LongPolling', { headers })

      expect((await client.where()).remoteAddress).to.equal('203.0.113.9')
      await client.stop()
    })

    it('takes access tokens of 16 KB in the query, as event streams have them', async () => {
      const token = 'x'.repeat(16_000)
      const client = await PageClient.connect(proxy.url, 'ServerSentEvents', { accessTokenFactory: () => token })

      expect(await client.count(1)).to.deep.equal([1])
      await client.stop()
    })
  })

  for (const [who, proxyChanges, responseHeaders] of [
    ['nginx', {}, () => undefined],
    ['the server', { 'proxy_buffering off;': '' }, () => ({ 'X-Accel-Buffering': 'no' })],
  ] as const)
    it(`does not take a slow client's events in its place, when ${who} says so`, async () => {
      const server = await startServer({ responseHeaders, transportSendTimeoutMs: 500 })
      const { url } = await start('one-server.conf', {
        ports: { 5000: server.port },
        changes: withoutTls,
        proxyChanges,
      })
      const leave = new AbortController()
      const unread = await openUnreadEventStream(url, leave.signal)

      await server.pour(50)

      await within(server.firstEnd, 'the server to notice that the client does not read')
      expect(unread.bodyUsed).to.equal(false)
      leave.abort()
    })

  it('shares one HTTP/2 connection among more event streams than a browser opens HTTP/1.1 connections', async () => {
    const { port } = await startServer()
    const proxy = await withSelfSignedCertificate(({ certificateFile, keyFile }) =>
      start('one-server.conf', {
        ports: { 5000: port },
        changes: { '/etc/ssl/certs/chat.pem': certificateFile, '/etc/ssl/private/chat.key': keyFile },
      }),
    )
    const session = connectHttp2(proxy.url, { rejectUnauthorized: false })

    const streams = await Promise.all(Array.from({ length: 12 }, () => openEventStream(session)))

    expect(streams).to.deep.equal(Array.from({ length: 12 }, () => ':\r\n'))
    session.destroy()
  })

  describe('with two servers', () => {
    let ports: Record<number, number>

    before(async () => {
      const [first, second] = [await startServer(), await startServer()]
      ports = { 5000: first.port, 5001: second.port }
    })

    it('brings each client to the server that its cookie stands for, and clients to both', async () => {
      const { url } = await start('sticky-by-cookie.conf', { ports })
      const chosen = Array.from({ length: 12 }, (_, index) => transports[index % transports.length]!)

      const clients = await Promise.all(chosen.map(transport => PageClient.connect(url, transport)))

      const seen = await Promise.all(clients.map(client => client.where()))
      expect([...new Set(seen.map(({ port }) => port))]).to.have.members(Object.values(ports))
      await Promise.all(clients.map(client => client.stop()))
    })

    it('brings all clients of an address to one server', async () => {
      const changes = { 'hash $affinity consistent;': 'ip_hash;' }
      const { url } = await start('sticky-by-cookie.conf', { ports, changes })

      const clients = await Promise.all(transports.map(transport => PageClient.connect(url, transport)))

      const seen = await Promise.all(clients.map(client => client.where()))
      expect(new Set(seen.map(({ port }) => port)).size).to.equal(1)
      await Promise.all(clients.map(client => client.stop()))
    })

    describe('and nothing that brings a client back to its server', () => {
      let url: string

      before(async () => {
        url = (await start('not-sticky.conf', { ports })).url
      })

      it('serves clients that skip the negotiation', async () => {
        const options = { skipNegotiation: true, transport: HttpTransportType.WebSockets }
        const clients = await Promise.all([1, 2, 3, 4].map(() => PageClient.connect(url, 'WebSockets', options)))

        const seen = await Promise.all(clients.map(client => client.where()))
        expect([...new Set(seen.map(({ port }) => port))]).to.have.members(Object.values(ports))
        await Promise.all(clients.map(client => client.stop()))
      })

      it('serves no others', async () => {
        const outcome = await PageClient.connect(url, 'WebSockets').catch(() => 'refused')

        const refusals = servers.map(server => server.refusals.get('unknownConnectionOpened') ?? 0)
        expect(outcome).to.equal('refused')
        expect(refusals.reduce((sum, each) => sum + each)).to.equal(1)
      })
    })
  })

  describe('in the end', () => {
    it('nginx has let go of the idle connection, not the server', async () => {
      expect(await within(idle.firstEnd, 'the end of the connection')).to.equal('client')
    })
  })
})

/** Negotiates and opens an event stream. @returns what comes first. */
async function openEventStream(session: ClientHttp2Session): Promise<string> {
  const negotiate = '/chat/negotiate?negotiateVersion=1'
  const answer = await firstData(session, { ':method': 'POST', ':path': negotiate })
  const id = encodeURIComponent(JSON.parse(answer).connectionToken)
  return firstData(session, { ':path': `/chat?id=${id}`, accept: 'text/event-stream' })
}

/** Begins to talk on an event stream and reads nothing of it. */
async function openUnreadEventStream(url: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(`${url}/chat/negotiate?negotiateVersion=1`, { method: 'POST' })
  const { connectionToken } = (await answer.json()) as { connectionToken: string }
  const path = `${url}/chat?id=${encodeURIComponent(connectionToken)}`
  const stream = await fetch(path, { headers: { Accept: 'text/event-stream' }, signal })
  await fetch(path, { method: 'POST', body: '{"protocol":"json","version":1}\x1e' })
  return stream
}

function firstData(session: ClientHttp2Session, headers: Record<string, string>): Promise<string> {
  const request = session.request(headers)
  const data = new Promise<string>((resolve, reject) => {
    request.setEncoding('utf8').once('data', resolve).once('error', reject)
  })
  request.end()
  return within(data, headers[':path']!)
}
