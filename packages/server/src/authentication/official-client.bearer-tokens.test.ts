import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import { SignJWT } from 'jose'
import {
  type Authenticate,
  authorize,
  createServer,
  type HttpRequest,
  Hub,
  jwtBearer,
  type SignalboxServer,
  silentLogger,
} from '../index.js'

const secret = Buffer.from('a secret of at least thirty-two bytes')

@authorize()
class WhoHub extends Hub {
  static hubMethods = { who: 0 }

  who(): string | undefined {
    return this.context.userIdentifier
  }
}

const tokenFor = (sub: string, lifetimeMs = 60_000) =>
  new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(new Date(Date.now() + lifetimeMs))
    .sign(secret)

const transports = [
  { name: 'WebSockets', transport: HttpTransportType.WebSockets },
  { name: 'Server-Sent Events', transport: HttpTransportType.ServerSentEvents },
  { name: 'long polling', transport: HttpTransportType.LongPolling },
]

describe('the official client with bearer tokens', function () {
  this.timeout(10_000)

  let server: SignalboxServer
  let url: string
  let connection: HubConnection
  let requests: HttpRequest[]

  beforeEach(async () => {
    requests = []
    const bearer = jwtBearer({ secret })
    const authenticate: Authenticate = request => {
      requests.push(request)
      return bearer(request)
    }
    server = createServer({ logger: silentLogger, authenticate, closeOnAuthenticationExpiration: true })
    server.mapHub('/hub', WhoHub)
    url = `${(await server.listen(0)).url}/hub`
  })

  afterEach(async () => {
    await connection.stop()
    await server.close({ drainTimeoutMs: 0 })
  })

  const build = (transport: HttpTransportType, accessTokenFactory: () => Promise<string>): HubConnection =>
    new HubConnectionBuilder()
      .withUrl(url, { transport, accessTokenFactory })
      .withAutomaticReconnect([0])
      .configureLogging(LogLevel.None)
      .build()

  async function connect(transport: HttpTransportType, accessTokenFactory: () => Promise<string>): Promise<void> {
    connection = build(transport, accessTokenFactory)
    await connection.start()
  }

  for (const { name, transport } of transports) {
    it(`connects over ${name} as the user of its token`, async () => {
      await connect(transport, () => tokenFor('ann'))
      expect(await connection.invoke('who')).to.equal('ann')
    })

    it(`is refused over ${name} without a valid token`, async () => {
      const error: unknown = await connect(transport, async () => 'not a token').catch((error: unknown) => error)
      expect(error).to.be.an.instanceOf(Error)
      expect((error as Error).message).to.include("Status code '401'")
    })
  }

  it('shows its token in the query of an event stream, where it can set no header', async () => {
    await connect(HttpTransportType.ServerSentEvents, () => tokenFor('ann'))
    const stream = requests.find(request => request.header('accept') === 'text/event-stream')
    expect(stream?.query('access_token')).to.match(/^ey/)
    expect(stream?.header('authorization')).to.equal(undefined)
  })

  for (const { name, transport } of transports)
    it(`reconnects over ${name} with a fresh token when the old one has expired`, async () => {
      let token = await tokenFor('ann', 1_100) // whole seconds: between 0.1 and 1.1 are left
      const renewed = await tokenFor('bob')
      connection = build(transport, async () => token)
      connection.onreconnecting(() => {
        token = renewed
      })
      await connection.start()
      await new Promise<unknown>(resolve => connection.onreconnected(resolve))
      expect(await connection.invoke('who')).to.equal('bob')
    })
})
