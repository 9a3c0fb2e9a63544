import { Console } from 'node:console'
import { MessagePackHubProtocol } from '@signalbox/protocol-msgpack'
import {
  type AuthorizationPolicies,
  type ConnectionFeatures,
  claimTypes,
  createServer,
  type HttpTransportType,
  type ServerOptions,
  type SignalboxServer,
  silentLogger,
  uwsHost,
} from 'signalbox'
import { BearerTokens } from './bearer-tokens.js'
import { mapBadNegotiate } from './endpoints/bad-negotiate.js'
import { mapClientResult } from './endpoints/client-result.js'
import { mapClientScripts } from './endpoints/client-scripts.js'
import { echo } from './endpoints/echo.js'
import { mapHealth } from './endpoints/health.js'
import { mapJwtTokens } from './endpoints/jwt-tokens.js'
import { NegotiateCookies } from './endpoints/negotiate-cookies.js'
import { mapRedirects } from './endpoints/redirects.js'
import { AuthorizedHub } from './hubs/authorized-hub.js'
import { BenchHub } from './hubs/bench-hub.js'
import { ProbeHub } from './hubs/probe-hub.js'
import { TestHub } from './hubs/test-hub.js'
import { UncreatableHub } from './hubs/uncreatable-hub.js'
import { withSelfSignedCertificate } from './self-signed-certificate.js'
import { unlimitedBytes } from './settings.js'

/** The endpoints and hubs that the tests, benchmarks and black-box suites speak to; its twin runs on ASP.NET Core. */
export class ReferenceServer {
  readonly #server: SignalboxServer
  readonly #cookies = new NegotiateCookies()
  readonly #tokens = new BearerTokens()

  constructor(options: ServerOptions) {
    this.#server = createServer({
      // Kestrel has no limit of its own on a WebSocket message: the hub's is the one to be met.
      host: options.host ?? uwsHost({ maximumWebSocketMessageBytes: unlimitedBytes }),
      responseHeaders: request => this.#cookies.headersFor(request),
      protocols: [new MessagePackHubProtocol()],
      authenticate: this.#tokens.authenticate,
      policies,
      logger: chooseLogger(),
      ...options,
    })
    this.#mapHubs(options)
    this.#server.mapConnection('/echo', echo)
    mapRedirects(this.#server)
    mapJwtTokens(this.#server, this.#tokens)
    mapBadNegotiate(this.#server)
    mapClientResult(this.#server)
    mapClientScripts(this.#server)
    mapHealth(this.#server)
  }

  /** @returns the address. */
  async listen(port: number): Promise<string> {
    return (await this.#server.listen(port)).url
  }

  /** @returns the address. */
  async listenSecurely(port: number): Promise<string> {
    const address = await withSelfSignedCertificate(files => this.#server.listen(port, '127.0.0.1', files))
    this.#cookies.httpsPort = address.port
    return address.url
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  #mapHubs({ transports = ['WebSockets', 'ServerSentEvents', 'LongPolling'] }: ServerOptions): void {
    this.#server.mapHub('/testhub', TestHub, { allowStatefulReconnects: true })
    this.#server.mapHub('/testhub-nowebsockets', TestHub, { transports: transports.filter(isNotWebSockets) })
    this.#server.mapHub('/authorizedhub', AuthorizedHub)
    this.#server.mapHub('/uncreatable', UncreatableHub)
    this.#server.mapHub('/bench', BenchHub, { userIdProvider: queryUser, allowStatefulReconnects: true })
    this.#server.mapHub('/probe', ProbeHub, { userIdProvider: queryUser, allowStatefulReconnects: true })
    TestHub.hubContext = this.#server.hub(TestHub)
  }
}

const policies: AuthorizationPolicies = {
  namedUser: user => user.hasClaim(claimTypes.nameIdentifier),
  admin: user => user.hasClaim(claimTypes.role, 'admin'),
}

const isNotWebSockets = (transport: HttpTransportType): boolean => transport !== 'WebSockets'

/** On the open test hubs a client names its user in the query, so that user sends can be tested without tokens. */
const queryUser = ({ httpRequest, user }: ConnectionFeatures): string | undefined =>
  httpRequest.query('user') ?? user.findFirst(claimTypes.nameIdentifier)

/** Failing hub methods are what tests provoke, so nothing is logged unless asked for. */
const chooseLogger = () =>
  process.env['REFERENCE_SERVER_LOG'] === undefined ? silentLogger : new Console(process.stderr)
