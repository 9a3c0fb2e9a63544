import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createServer, type ViteDevServer } from 'vite'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { itServesPages } from './describe-transports.js'
import { change, configurationOf } from './page.js'
import { PageClient } from './page-client.js'
import { ProxiedServer } from './proxied-servers.js'

/** Vite with the configuration of the page, on a free port, for pages of `http://localhost:…`. */
class Vite {
  readonly url: string
  readonly #server: ViteDevServer
  readonly #folder: string

  private constructor(server: ViteDevServer, folder: string) {
    this.#server = server
    this.#folder = folder
    this.url = server.resolvedUrls!.local[0]!.replace(/\/$/, '')
  }

  static async start(changes: Readonly<Record<string, string>>): Promise<Vite> {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-vite-'))
    const configFile = join(folder, 'vite.config.mjs')
    await writeFile(configFile, change(configurationOf('vite.config.js'), changes))
    const server = await createServer({
      configFile,
      root: folder,
      logLevel: 'silent',
      clearScreen: false,
      server: { port: 0 },
    })
    await server.listen()
    return new Vite(server, folder)
  }

  async stop(): Promise<void> {
    await this.#server.close()
    await rm(this.#folder, { recursive: true })
  }
}

describeOnEachHost('behind the development server of Vite', host => {
  let server: ProxiedServer | undefined
  let vite: Vite | undefined

  async function start(options = {}, changes = {}): Promise<void> {
    server = await ProxiedServer.start(host, options)
    vite = await Vite.start({ '127.0.0.1:5000': `127.0.0.1:${server.port}`, ...changes })
  }

  async function stop(): Promise<void> {
    await vite?.stop()
    await server?.stop()
  }

  describe('as the page has it', () => {
    before(() => start())
    after(stop)

    itServesPages(() => vite!.url)
  })

  describe('that changes the Host', () => {
    const changing = { 'ws: true': 'ws: true, changeOrigin: true' }
    afterEach(stop)

    it('gets no WebSocket for its pages', async () => {
      await start({}, changing)

      const outcome = await PageClient.connect(vite!.url, 'WebSockets').catch(() => 'refused')

      expect(outcome).to.equal('refused')
      expect(server!.refusals.get('originRefused')).to.equal(1)
    })

    it('gets one for the pages that the server is told of', async () => {
      const allowedOrigins = (origin: string) => origin === vite!.url
      await start({ allowedOrigins }, changing)

      const client = await PageClient.connect(vite!.url, 'WebSockets')

      expect(await client.count(2)).to.deep.equal([1, 2])
      await client.stop()
    })
  })
})
