import type { HttpRequest, Logger } from '@signalbox/abstractions'
import type {
  AllowedOrigins,
  AuthenticationOptions,
  ConnectionManagerOptions,
  ConnectionOptions,
  ConnectionTelemetry,
  Host,
  HttpResponse,
} from '@signalbox/connections'
import type { Backplane, HubOptions, HubTelemetry } from '@signalbox/hubs'
import type { HubProtocol } from '@signalbox/protocol'
import type { Authenticate } from '../authentication/authenticate.js'
import type { AuthorizationPolicies, AuthorizationRequirement } from '../authentication/authorization.js'

/** Options of a mapped hub; each falls back to the server's. */
export interface MapHubOptions extends HubOptions, ConnectionOptions, AuthenticationOptions {
  /** Who may make any request to the hub, besides what `@authorize` on its class demands; default anybody. */
  authorize?: AuthorizationRequirement
}

/** Options of a mapped raw connection; each falls back to the server's. */
export interface MapConnectionOptions extends ConnectionOptions, AuthenticationOptions {
  /** Who may make any request to it; default anybody. */
  authorize?: AuthorizationRequirement
  /** Policies that `authorize` names. */
  policies?: AuthorizationPolicies
}

/** Options of the server; those of hubs and connections are defaults for what is mapped. */
export interface ServerOptions extends HubOptions, ConnectionOptions, AuthenticationOptions, ConnectionManagerOptions {
  /** Finds out who a request comes from, for example `jwtBearer(…)`; default nobody is known. */
  authenticate?: Authenticate
  /** Hub protocols besides JSON, for example `new MessagePackHubProtocol()` of `@signalbox/protocol-msgpack`. */
  protocols?: readonly HubProtocol[]
  /** Makes several servers one, for example `redisBackplane({ url })` of `@signalbox/redis`; closed with the server. */
  backplane?: Backplane
  /** The HTTP and WebSocket server underneath; default uWebSockets.js if it can be loaded, else `nodeHost()`. */
  host?: Host
  /**
   * Origins of web pages that may connect, for example `['https://app.example.com', 'https://*.example.org']`, `'*'` for any, or a function
   * that says so of one; they get CORS headers with credentials. Default: only pages of the same host and port.
   */
  allowedOrigins?: AllowedOrigins
  /**
   * Addresses and networks of reverse proxies, for example `['127.0.0.1', '10.0.0.0/8']`, whose `X-Forwarded-For`, `-Proto` and `-Host`
   * tell the client's address, scheme and host. Default none: anybody can send such headers. .NET: ForwardedHeadersOptions.KnownProxies.
   */
  trustedProxies?: readonly string[]
  /** Headers for every answer to a request, refusals included: a load balancer's cookie, HSTS. */
  responseHeaders?: (request: HttpRequest) => HttpResponse['headers']
  /** Where warnings and errors go; default `console` for those two. */
  logger?: Logger
  /** What watches connections and calls, for example `openTelemetry()` of `@signalbox/opentelemetry`. */
  telemetry?: ServerTelemetry
}

export interface ServerTelemetry {
  readonly connections?: ConnectionTelemetry
  readonly hubs?: HubTelemetry
}

export interface CloseOptions {
  /**
   * How long running calls and streams may take, clients to be told in bundles, and connections to end. In the last second of it (at most a fifth)
   * calls that still run are told by their signal; what is open at its end is cut. Default 5,000 ms; 0 waits for nothing.
   */
  drainTimeoutMs?: number
}
