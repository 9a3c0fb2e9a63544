import { expect } from 'chai'
import { transports } from '../clients/client-kinds.js'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { itKeepsSilentConnections, itServesPages, neverSilent } from './describe-transports.js'
import { HaProxy } from './haproxy.js'
import { needs } from './needs-proxies.js'
import { PageClient } from './page-client.js'
import { ProxiedServer } from './proxied-servers.js'

describeOnEachHost('behind HAProxy', host => {
  needs('haproxy')
  let servers: readonly ProxiedServer[] = []
  let proxies: readonly HaProxy[] = []
  let proxy: HaProxy

  before(async () => {
    const options = { ...neverSilent, trustedProxies: ['127.0.0.1'] }
    servers = await Promise.all([1, 2].map(() => ProxiedServer.start(host, options)))
    proxy = await start()
  })
  after(async () => {
    await Promise.all(proxies.map(each => each.stop()))
    await Promise.all(servers.map(server => server.stop()))
  })

  async function start(changes: Readonly<Record<string, string>> = {}): Promise<HaProxy> {
    const shorter = {
      'timeout client 60s': 'timeout client 3s',
      'timeout server 100s': 'timeout server 3s',
      'timeout tunnel 60s': 'timeout tunnel 3s',
    }
    const [first, second] = servers
    const started = await HaProxy.start({ 5000: first!.port, 5001: second!.port }, { ...shorter, ...changes })
    proxies = [...proxies, started]
    return started
  }

  itServesPages(() => proxy.url)
  itKeepsSilentConnections(() => proxy.url)

  it("tells the client's address through a chain of trusted proxies", async () => {
    const headers = { Origin: proxy.url, 'X-Forwarded-For': '203.0.113.9' }
    const client = await PageClient.connect(proxy.url, 'WebSockets', { headers })

    expect(await client.where()).to.include({ remoteAddress: '203.0.113.9', scheme: 'http' })
    await client.stop()
  })

  for (const [how, changes] of [
    ['by its cookie', {}],
    [
      'by its address',
      { 'cookie affinity insert indirect nocache': 'balance source', ' cookie a\n': '\n', ' cookie b\n': '\n' },
    ],
  ] as const)
    it(`brings each client to its server, ${how}`, async () => {
      const { url } = await start(changes)
      const chosen = [...transports, ...transports]

      const clients = await Promise.all(chosen.map(transport => PageClient.connect(url, transport)))

      const seen = await Promise.all(clients.map(client => client.where()))
      expect(new Set(seen.map(({ port }) => port)).size).to.equal(how === 'by its cookie' ? 2 : 1)
      await Promise.all(clients.map(client => client.stop()))
    })

  it('finds its servers healthy', async () => {
    expect(await proxy.statusOfChecks()).to.deep.equal(['L7OK', 'L7OK'])
  })
})
