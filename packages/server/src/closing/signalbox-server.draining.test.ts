import { setImmediate as turn } from 'node:timers/promises'
import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  HubConnectionState,
  LogLevel,
} from '@microsoft/signalr'
import { ConfigurationError } from '@signalbox/abstractions'
import { DefaultHubLifetimeManager } from '@signalbox/hubs'
import { expect } from 'chai'
import {
  type Backplane,
  type CloseOptions,
  createServer,
  Hub,
  type Invocation,
  type SignalboxServer,
  silentLogger,
} from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

/** What the servers of one application share. */
const stored = new Set<number>()
let release: () => void
let held: Promise<void>
let onHeld: () => void
let aborted: string[]

class WorkHub extends Hub {
  static hubMethods = { store: 1, hold: 0, endless: 0 }

  async store(item: number): Promise<number> {
    await turn()
    stored.add(item)
    return item
  }

  async hold(): Promise<string> {
    onHeld()
    await held
    return 'held'
  }

  async *endless({ signal }: Invocation): AsyncGenerator<number> {
    onHeld()
    yield 1
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    aborted.push('endless')
  }
}

const transports = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const

for (const { title: name, create: createHost } of hostFactories)
  describe(`a server that drains, on ${name}`, () => {
    const servers: SignalboxServer[] = []
    const clients: HubConnection[] = []
    let isHolding: Promise<void>

    beforeEach(() => {
      stored.clear()
      aborted = []
      held = new Promise(resolve => {
        release = resolve
      })
      isHolding = new Promise(resolve => {
        onHeld = resolve
      })
    })

    afterEach(async () => {
      release()
      await Promise.all(clients.splice(0).map(client => client.stop()))
      await Promise.all(servers.splice(0).map(server => server.close({ drainTimeoutMs: 0 })))
    })

    async function serve(): Promise<{ server: SignalboxServer; url: string }> {
      const server = createServer({ logger: silentLogger, host: createHost() })
      servers.push(server)
      server.mapHub('/jobs', WorkHub)
      server.mapRequest('GET', '/health', () => ({ status: server.isReady ? 200 : 503 }))
      return { server, url: (await server.listen(0)).url }
    }

    async function connect(url: string, transport: (typeof transports)[number] = 'WebSockets'): Promise<HubConnection> {
      const client = new HubConnectionBuilder()
        .withUrl(`${url}/jobs`, { transport: HttpTransportType[transport] })
        .withAutomaticReconnect([0, 10, 20, 50, 100, 100, 100])
        .configureLogging(LogLevel.None)
        .build()
      clients.push(client)
      await client.start()
      return client
    }

    const whenReconnecting = (client: HubConnection) =>
      new Promise<void>(resolve => client.onreconnecting(() => resolve()))
    const status = async (url: string, method = 'GET') => (await fetch(url, { method })).status

    it('is not ready before it listens, while it drains and after its end', async () => {
      const server = createServer({ logger: silentLogger, host: createHost() })
      servers.push(server)
      const ready = [server.isReady]
      await server.listen(0)
      ready.push(server.isReady)
      server.drain()
      ready.push(server.isReady)
      await server.close()
      ready.push(server.isReady)
      await server.listen(0)
      ready.push(server.isReady)
      expect(ready).to.deep.equal([false, true, false, false, true])
    })

    it('says so to health checks and refuses new connections, while it serves those it has', async () => {
      const { server, url } = await serve()
      const client = await connect(url)
      server.drain()
      expect(await status(`${url}/health`)).to.equal(503)
      expect(await status(`${url}/jobs/negotiate?negotiateVersion=1`, 'POST')).to.equal(503)
      expect(await client.invoke('store', 1)).to.equal(1)
      expect(client.state).to.equal(HubConnectionState.Connected)
    })

    it('lets in those who have negotiated before', async () => {
      const { server, url } = await serve()
      const negotiated = await fetch(`${url}/jobs/negotiate?negotiateVersion=1`, { method: 'POST' })
      const { connectionToken } = (await negotiated.json()) as { connectionToken: string }
      server.drain()
      expect(await status(`${url}/jobs?id=${connectionToken}`)).to.equal(200)
    })

    for (const transport of transports) {
      it(`answers the calls under way over ${transport} before it closes`, async () => {
        const { server, url } = await serve()
        const client = await connect(url, transport)
        const answer = client.invoke('hold')
        await isHolding
        const closed = server.close()
        await turn()
        release()
        expect(await answer).to.equal('held')
        await closed
      })

      it(`tells what still runs over ${transport} near the end of the time to stop`, async () => {
        const { server, url } = await serve()
        const client = await connect(url, transport)
        client.stream('endless').subscribe({ next() {}, error() {}, complete() {} })
        await isHolding
        await server.close({ drainTimeoutMs: 50 })
        expect(aborted).to.deep.equal(['endless'])
      })

      it(`sends official clients over ${transport} to another server, and loses no acknowledged call`, async () => {
        const first = await serve()
        const second = await serve()
        // A load balancer that asks for health: clients are sent to whichever server is ready.
        const balancer = createServer({ logger: silentLogger, host: createHost() })
        servers.push(balancer)
        balancer.mapRequest('/jobs/negotiate', () => {
          const { url } = first.server.isReady ? first : second
          return { status: 200, body: JSON.stringify({ url: `${url}/jobs` }) }
        })
        const client = await connect((await balancer.listen(0)).url, transport)
        const acknowledged: number[] = []
        let isOver = false
        const work = (async () => {
          for (let item = 0; !isOver; item++) {
            const reconnected = new Promise<void>(resolve => client.onreconnected(() => resolve()))
            try {
              acknowledged.push(await client.invoke<number>('store', item))
            } catch {
              await reconnected
            }
          }
        })()
        const reconnected = new Promise(resolve => client.onreconnected(resolve))
        while (acknowledged.length < 5) await turn()
        await first.server.close()
        await reconnected
        const { length } = acknowledged
        while (acknowledged.length < length + 5) await turn()
        isOver = true
        await work
        expect(second.server.connectionCount).to.equal(1)
        expect(acknowledged.filter(item => !stored.has(item))).to.deep.equal([])
      })
    }

    it('lets plain requests that run be answered', async () => {
      const { server, url } = await serve()
      server.mapRequest('GET', '/slow', async () => {
        onHeld()
        await held
        return { status: 200, body: 'slow' }
      })
      const answer = fetch(`${url}/slow`)
      await isHolding
      const closed = server.close()
      await turn()
      release()
      expect(await (await answer).text()).to.equal('slow')
      await closed
    })

    it('waits no longer for a plain request than for others', async () => {
      const { server, url } = await serve()
      server.mapRequest('GET', '/slow', async () => {
        onHeld()
        await held
        return { status: 200 }
      })
      const answer = fetch(`${url}/slow`).catch(() => 'cut')
      await isHolding
      await server.close({ drainTimeoutMs: 20 })
      expect(await answer).to.equal('cut')
    })

    it('may be told twice at once to close', async () => {
      const { server, url } = await serve()
      const client = await connect(url)
      const left = whenReconnecting(client)
      await Promise.all([server.close(), server.close()])
      await left
      expect(server.connectionCount).to.equal(0)
    })
  })

describe('isReady', () => {
  it('is false while messages of other servers can be missed', async () => {
    const backplane: Backplane & { isReady: boolean } = {
      isReady: false,
      createLifetimeManager: () => new DefaultHubLifetimeManager(),
      close: async () => {},
    }
    const server = createServer({ logger: silentLogger, backplane })
    await server.listen(0)
    const ready = [server.isReady]
    backplane.isReady = true
    ready.push(server.isReady)
    await server.close()
    expect(ready).to.deep.equal([false, true])
  })
})

describe('close', () => {
  for (const drainTimeoutMs of [-1, Number.NaN, Infinity, '5s'] as number[])
    it(`refuses a drainTimeoutMs of ${drainTimeoutMs}, and goes on serving`, async () => {
      const server = createServer({ logger: silentLogger })
      await server.listen(0)
      const error = await server.close({ drainTimeoutMs }).catch((error: unknown) => error)
      expect(error).to.be.instanceOf(ConfigurationError).with.property('option', 'drainTimeoutMs')
      expect(server.isReady).to.equal(true)
      await server.close()
    })

  it('refuses an option it does not have', async () => {
    const options = { drainTimeout: 1 } as CloseOptions
    const error = await createServer({ logger: silentLogger })
      .close(options)
      .catch((error: unknown) => error)
    expect(error).to.be.instanceOf(ConfigurationError).with.property('message').that.includes("'drainTimeoutMs'")
  })
})
