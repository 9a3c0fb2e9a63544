import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { RawWebSocket } from '@signalbox/conformance'
import { DefaultHubLifetimeManager, type HubTelemetry } from '@signalbox/hubs'
import { expect } from 'chai'
import {
  ConfigurationError,
  createServer,
  type HttpResponse,
  Hub,
  hubMethod,
  type ServerExtension,
  type ServerOptions,
  type SignalboxServer,
  silentLogger,
} from '../index.js'
import { frameCounts } from '../testing/frame-counts.js'
import { hostFactories } from '../testing/host-factories.js'
import { RecordingLogger } from '../testing/recording-logger.js'

class EchoHub extends Hub {
  @hubMethod
  echo(text: string): string {
    return text
  }
}

const fail = (): never => {
  throw new Error('broken')
}

for (const { title, create } of hostFactories)
  describe(`SignalboxServer: extensions on ${title}`, () => {
    let logger: RecordingLogger
    let server: SignalboxServer
    const clients: HubConnection[] = []

    beforeEach(() => {
      logger = new RecordingLogger()
    })

    afterEach(async () => {
      await Promise.all(clients.splice(0).map(client => client.stop()))
      await server.close({ drainTimeoutMs: 0 })
    })

    async function serve(extensions: readonly ServerExtension[], options: ServerOptions = {}): Promise<string> {
      server = createServer({ host: create(), logger, ...options, extensions })
      server.mapHub('/echo', EchoHub)
      return (await server.listen(0)).url
    }

    async function connect(url: string, transport = HttpTransportType.WebSockets): Promise<HubConnection> {
      const client = new HubConnectionBuilder()
        .withUrl(`${url}/echo`, { transport })
        .configureLogging(LogLevel.None)
        .build()
      clients.push(client)
      await client.start()
      return client
    }

    const statusOf = async (url: string): Promise<number> => (await fetch(url)).status

    it('answer requests, refuse methods, count frames and show in health, without touching a room', async () => {
      const extension = frameCounts(3)
      const url = await serve([extension])
      const client = await connect(url)

      expect(await client.invoke('echo', 'a')).to.equal('a')
      const error: Error = await client.invoke('noSuchMethod').catch(reason => reason)
      expect(error.message).to.include('There is no such method.')
      expect([...extension.counts]).to.deep.equal([[client.connectionId, 2]]) // its ping is none

      const post = (body: string) =>
        fetch(`${url}/frame-counts/notes`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body,
        })
      expect(await (await post('{"text":"hi"}')).json()).to.deep.equal({ notes: [{ text: 'hi' }], counts: [2] })
      expect((await post(JSON.stringify('x'.repeat(100)))).status).to.equal(413)
      expect(await statusOf(`${url}/frame-counts/notes`)).to.equal(405)

      const health = () => server.health.entries.find(({ name }) => name === 'frameCounts')
      expect(health()).to.deep.equal({ name: 'frameCounts', status: 'Healthy' })
      for (const text of ['b', 'c']) await client.invoke('echo', text)
      expect(health()).to.deep.equal({ name: 'frameCounts', status: 'Degraded', reason: 'A client is busy.' })
      expect([server.health.status, server.isReady]).to.deep.equal(['Degraded', true])
    })

    describe('that admit requests', () => {
      const refusal: HttpResponse = { status: 429, headers: { 'Retry-After': '7' } }

      it('refuse one before authenticate sees it, whatever its path, and it is counted', async () => {
        const seen: string[] = []
        const url = await serve([{ name: 'limits', admitRequest: () => refusal }], {
          authenticate: request => {
            seen.push(request.path)
            return undefined
          },
        })

        const response = await fetch(`${url}/echo/negotiate?negotiateVersion=1`, { method: 'POST' })
        expect([response.status, response.headers.get('retry-after')]).to.deep.equal([429, '7'])
        expect(await statusOf(`${url}/nowhere`)).to.equal(429)
        expect(seen).to.deep.equal([])
        expect(server.refusals.get('requestNotAdmitted')).to.equal(2)
      })

      it('refuse a WebSocket, and a POST with a body', async () => {
        const url = await serve([{ name: 'limits', admitRequest: () => refusal }])

        expect((await RawWebSocket.open(Number(new URL(url).port), '/echo').catch(String)).toString()).to.include('429')
        expect((await fetch(`${url}/echo?id=x`, { method: 'POST', body: 'x'.repeat(100_000) })).status).to.equal(429)
      })

      it('know the address of the client, though it comes through a proxy', async () => {
        const addresses: string[] = []
        const admitRequest = ({ remoteAddress }: { readonly remoteAddress: string }) => {
          addresses.push(remoteAddress)
          return undefined
        }
        const url = await serve([{ name: 'limits', admitRequest }], { trustedProxies: ['127.0.0.1'] })
        await fetch(url, { headers: { 'X-Forwarded-For': '192.0.2.7' } })

        expect(addresses).to.deep.equal(['192.0.2.7'])
      })

      it('are asked in order, until one refuses', async () => {
        const asked: string[] = []
        const gate = (name: string, answer: HttpResponse | undefined): ServerExtension => ({
          name,
          admitRequest() {
            asked.push(name)
            return answer
          },
        })
        const url = await serve([gate('a', undefined), gate('b', { status: 418 }), gate('c', { status: 419 })])

        expect(await statusOf(url)).to.equal(418)
        expect(asked).to.deep.equal(['a', 'b'])
      })

      for (const [what, admitRequest] of [
        ['throw', fail],
        ['promise', async () => refusal],
        ['answer nonsense', () => 'no'],
        ['answer with what is no status', () => ({ status: 7 })],
      ] satisfies [string, () => unknown][])
        it(`and ${what} end the one request with 500, and the log names them`, async () => {
          const url = await serve([{ name: 'limits', admitRequest: admitRequest as () => HttpResponse }])

          expect(await statusOf(url)).to.equal(500)
          expect(logger.lines[0]).to.match(/^admitRequest of the extension 'limits' failed\./)
        })
    })

    describe('that negotiate', () => {
      it('send clients elsewhere, with a token', async () => {
        let tokens: (string | undefined)[] = []
        const elsewhere = createServer({
          host: create(),
          logger: silentLogger,
          authenticate: request => {
            tokens.push(request.header('authorization') ?? request.query('access_token'))
            return undefined
          },
        })
        elsewhere.mapHub('/service', EchoHub)
        const service = await elsewhere.listen(0)
        const targets: unknown[] = []
        try {
          const url = await serve([
            { name: 'nobody', negotiate: () => undefined },
            {
              name: 'service',
              negotiate: async (_, { path, hubName, user }) => {
                targets.push({ path, hubName, isKnown: user.isAuthenticated })
                return { url: `${service.url}/service`, accessToken: 'abc' }
              },
            },
          ])
          const client = await connect(url)

          expect(await client.invoke('echo', 'far')).to.equal('far')
          expect(targets).to.deep.equal([{ path: '/echo', hubName: 'EchoHub', isKnown: false }])
          tokens = tokens.filter((token, index) => tokens.indexOf(token) === index)
          expect(tokens.every(token => token?.endsWith('abc'))).to.equal(true)
          expect(server.connectionCount).to.equal(0)
          await client.stop()
        } finally {
          await elsewhere.close({ drainTimeoutMs: 0 })
        }
      })

      const negotiate = (url: string) => fetch(`${url}/echo/negotiate?negotiateVersion=1`, { method: 'POST' })

      it('answer as they like', async () => {
        const url = await serve([
          { name: 'service', negotiate: () => ({ status: 503, body: 'The service is not connected.' }) },
        ])
        const response = await negotiate(url)

        expect([response.status, await response.text()]).to.deep.equal([503, 'The service is not connected.'])
      })

      it('leave the rest to the server', async () => {
        const url = await serve([{ name: 'service', negotiate: () => undefined }])

        expect(await (await negotiate(url)).json()).to.have.property('negotiateVersion', 1)
      })

      for (const [what, hook] of [
        ['throw', fail],
        ['reject', async () => fail()],
        ['answer nonsense', () => ({ location: 'there' })],
      ] satisfies [string, () => unknown][])
        it(`and ${what} end the one request with 500, and the log names them`, async () => {
          const url = await serve([{ name: 'service', negotiate: hook as unknown as () => undefined }])

          expect((await negotiate(url)).status).to.equal(500)
          expect(logger.lines[0]).to.match(/^negotiate of the extension 'service' failed\./)
          expect(await statusOf(`${url}/nowhere`)).to.equal(404)
        })
    })

    it('observe connections of every transport, and which one it is', async () => {
      const told: string[] = []
      const known = new Set<string>()
      const url = await serve([
        {
          name: 'list',
          connections: {
            onStarted: (transport, { connectionId }) => {
              told.push(`started ${transport}`)
              known.add(connectionId)
            },
            onStopped: (transport, _status, _durationMs, { connectionId }) => {
              told.push(`stopped ${transport} ${known.has(connectionId)}`)
            },
          },
        },
        { name: 'broken', connections: { onStarted: fail } },
      ])
      const client = await connect(url, HttpTransportType.ServerSentEvents)
      expect(await client.invoke('echo', 'a')).to.equal('a')
      await server.close()

      expect(told).to.deep.equal(['started ServerSentEvents', 'stopped ServerSentEvents true'])
      expect(logger.lines[0]).to.match(/^onStarted of the extension 'broken' failed\. Error: broken/)
    })

    it('bracket calls, those that come later within those before them, with the option telemetry outermost', async () => {
      const told: string[] = []
      const tracing = (name: string): HubTelemetry => {
        const start = (what: string) => {
          told.push(`${name} starts ${what}`)
          return {
            run<T>(part: () => T): T {
              told.push(`${name} in`)
              return part()
            },
            succeed: () => void told.push(`${name} succeeds`),
            fail: () => void told.push(`${name} fails`),
          }
        }
        return {
          watch: hubName => ({
            startInvocation: method => start(`${hubName}.${method}`),
            startConnected: () => start('connected'),
            startDisconnected: () => start('disconnected'),
          }),
        }
      }
      const url = await serve([{ name: 'inner', hubs: tracing('inner') }], { telemetry: { hubs: tracing('outer') } })
      const client = await connect(url)
      told.length = 0
      await client.invoke('echo', 'a')

      expect(told.filter(line => !line.endsWith('in'))).to.deep.equal([
        'outer starts EchoHub.echo',
        'inner starts EchoHub.echo',
        'outer succeeds',
        'inner succeeds',
      ])
      expect(told.filter(line => line.endsWith('in')).slice(0, 2)).to.deep.equal(['outer in', 'inner in'])
    })

    it('may bring the backplane, of which there is one at most', async () => {
      let isClosed = false
      const backplane = {
        isReady: false,
        createLifetimeManager: () => new DefaultHubLifetimeManager(),
        close: async () => {
          isClosed = true
        },
      }
      await serve([{ name: 'service', backplane }])

      expect(server.isReady).to.equal(false)
      expect(server.health.entries.at(-1)).to.deep.equal({
        name: 'backplane',
        status: 'Unhealthy',
        reason: 'Messages of other nodes may be missed.',
      })
      await server.close()
      expect(isClosed).to.equal(true)
      expect(() => createServer({ backplane, extensions: [{ name: 'service', backplane }] }))
        .to.throw(ConfigurationError)
        .with.property('option', 'backplane')
    })
  })
