import {
  aFunction,
  anObject,
  either,
  type HttpRequest,
  type Logger,
  listOf,
  numberFrom,
  type OptionTable,
  oneOf,
  text,
} from '@signalbox/abstractions'
import {
  type AllowedOrigins,
  type AuthenticationOptions,
  authenticationOptionTable,
  type ConnectionManagerOptions,
  type ConnectionOptions,
  connectionManagerOptionTable,
  connectionOptionTable,
  type Host,
  type HttpResponse,
  takesOrigins,
  takesProxies,
} from '@signalbox/connections'
import { type Backplane, type HubOptions, hubOptionTable, takesPolicies } from '@signalbox/hubs'
import type { HubProtocol } from '@signalbox/protocol'
import type { Authenticate } from '../authentication/authenticate.js'
import type { AuthorizationPolicies, AuthorizationRequirement } from '../authentication/authorization.js'
import type { ServerExtension } from '../extensions/server-extension.js'

/** Options of a mapped hub; each falls back to the server's. */
export interface MapHubOptions extends HubOptions, ConnectionOptions, AuthenticationOptions {
  /**
   * Who may make any request to it, besides what `@authorize` on the class of a hub demands: true for any user who is
   * known, a policy, or several that must all agree. Default anybody. .NET: RequireAuthorization.
   */
  authorize?: AuthorizationRequirement
}

/** Options of a mapped raw connection; each falls back to the server's. */
export interface MapConnectionOptions extends ConnectionOptions, AuthenticationOptions {
  /**
   * Who may make any request to it, besides what `@authorize` on the class of a hub demands: true for any user who is
   * known, a policy, or several that must all agree. Default anybody. .NET: RequireAuthorization.
   */
  authorize?: AuthorizationRequirement
  /** What `authorize: 'name'` asks. Default the server's. .NET: AddAuthorization. */
  policies?: AuthorizationPolicies
}

/** Options of the server; those of hubs and connections are defaults for what is mapped. */
export interface ServerOptions extends HubOptions, ConnectionOptions, AuthenticationOptions, ConnectionManagerOptions {
  /**
   * Finds out who a request comes from, for example `jwtBearer({ … })`. Default nobody is known. .NET:
   * AddAuthentication.
   */
  authenticate?: Authenticate
  /**
   * Hub protocols besides JSON, for example `new MessagePackHubProtocol()` of `@signalbox/protocol-msgpack`. Default
   * none besides JSON. .NET: AddMessagePackProtocol.
   */
  protocols?: readonly HubProtocol[]
  /**
   * Makes several servers one, for example `redisBackplane({ url })` of `@signalbox/redis`; closed with the server.
   * Default none. .NET: AddStackExchangeRedis.
   */
  backplane?: Backplane
  /** The HTTP and WebSocket server underneath. Default uWebSockets.js if it can be loaded, else `nodeHost()`. */
  host?: Host
  /**
   * Origins of web pages that may connect, for example `['https://app.example.com', 'https://*.example.org']`, `'*'`
   * for any, or a function that says so of one; they get CORS headers with credentials. Default only pages of the same
   * host and port. .NET: WebSocketOptions.AllowedOrigins and the CORS policy.
   */
  allowedOrigins?: AllowedOrigins
  /**
   * Addresses and networks of reverse proxies, for example `['127.0.0.1', '10.0.0.0/8']`, whose `X-Forwarded-For`,
   * `-Proto` and `-Host` tell the client's address, scheme and host. Others may send such headers in vain. Default
   * none. .NET: ForwardedHeadersOptions.KnownProxies and .KnownIPNetworks.
   */
  trustedProxies?: readonly string[]
  /** Headers for every answer to a request, refusals included: a load balancer's cookie, HSTS. Default none. */
  responseHeaders?: (request: HttpRequest) => HttpResponse['headers']
  /** Where it reports what goes on. Default `console` for warnings and errors. .NET: ILogger. */
  logger?: Logger
  /** What watches connections and calls, for example `openTelemetry()` of `@signalbox/opentelemetry`. Default none. */
  telemetry?: ServerTelemetry
  /** Parts that are added to the server by hooks: docs/extensions.md. Default none. */
  extensions?: readonly ServerExtension[]
}

/** An extension that only looks on. */
export type ServerTelemetry = Pick<ServerExtension, 'connections' | 'hubs' | 'start' | 'close'>

export interface CloseOptions {
  /**
   * How long running calls and streams may take, clients to be told in bundles, and connections to end. In the last
   * second of it (at most a fifth) calls that still run are told by their signal; what is open at its end is cut. 0
   * waits for nothing. Default 5,000 ms. .NET: HostOptions.ShutdownTimeout.
   */
  drainTimeoutMs?: number
}

const requirement = {
  takes: either<string | true, readonly string[]>(
    either<true, string>(oneOf(true), text("a policy's name")),
    listOf("a list of policies' names", text("a policy's name")),
  ),
  doc:
    'Who may make any request to it, besides what `@authorize` on the class of a hub demands: true for any user who is' +
    ' known, a policy, or several that must all agree.',
  defaultText: 'anybody',
  dotNetName: 'RequireAuthorization',
}

export const mapHubOptionTable = {
  ...hubOptionTable,
  ...connectionOptionTable,
  ...authenticationOptionTable,
  authorize: requirement,
} satisfies OptionTable<MapHubOptions>

export const mapConnectionOptionTable = {
  ...connectionOptionTable,
  ...authenticationOptionTable,
  authorize: requirement,
  policies: {
    takes: takesPolicies,
    doc: "What `authorize: 'name'` asks.",
    defaultText: "the server's",
    dotNetName: 'AddAuthorization',
  },
} satisfies OptionTable<MapConnectionOptions>

/** Those that only the server has. */
const ofServers = {
  authenticate: {
    takes: aFunction<Authenticate>('a function such as jwtBearer({ … })'),
    doc: 'Finds out who a request comes from, for example `jwtBearer({ … })`.',
    defaultText: 'nobody is known',
    dotNetName: 'AddAuthentication',
  },
  protocols: {
    takes: listOf(
      'a list such as [new MessagePackHubProtocol()]',
      anObject<HubProtocol>('a protocol such as new MessagePackHubProtocol()', 'writeMessage'),
    ),
    doc: 'Hub protocols besides JSON, for example `new MessagePackHubProtocol()` of `@signalbox/protocol-msgpack`.',
    defaultText: 'none besides JSON',
    dotNetName: 'AddMessagePackProtocol',
  },
  backplane: {
    takes: anObject<Backplane>("a backplane such as redisBackplane({ url: 'redis://…' })", 'createLifetimeManager'),
    doc: 'Makes several servers one, for example `redisBackplane({ url })` of `@signalbox/redis`; closed with the server.',
    defaultText: 'none',
    dotNetName: 'AddStackExchangeRedis',
    otherNames: ['redis'],
  },
  host: {
    takes: anObject<Host>('a host such as uwsHost() or nodeHost()', 'listen'),
    doc: 'The HTTP and WebSocket server underneath.',
    defaultText: 'uWebSockets.js if it can be loaded, else `nodeHost()`',
  },
  allowedOrigins: {
    takes: takesOrigins,
    doc:
      "Origins of web pages that may connect, for example `['https://app.example.com', 'https://*.example.org']`," +
      " `'*'` for any, or a function that says so of one; they get CORS headers with credentials.",
    defaultText: 'only pages of the same host and port',
    dotNetName: 'WebSocketOptions.AllowedOrigins and the CORS policy',
    otherNames: ['cors', 'origins', 'WithOrigins', 'AllowedOrigins'],
  },
  trustedProxies: {
    takes: takesProxies,
    doc:
      "Addresses and networks of reverse proxies, for example `['127.0.0.1', '10.0.0.0/8']`, whose `X-Forwarded-For`," +
      " `-Proto` and `-Host` tell the client's address, scheme and host. Others may send such headers in vain.",
    defaultText: 'none',
    dotNetName: 'ForwardedHeadersOptions.KnownProxies and .KnownIPNetworks',
    otherNames: ['KnownProxies', 'KnownIPNetworks'],
  },
  responseHeaders: {
    takes: aFunction<NonNullable<ServerOptions['responseHeaders']>>(
      'a function that returns headers, request => ({ … })',
    ),
    doc: "Headers for every answer to a request, refusals included: a load balancer's cookie, HSTS.",
    defaultText: 'none',
  },
  logger: {
    takes: anObject<Logger>(
      'an object with debug, info, warn and error, such as console',
      'debug',
      'info',
      'warn',
      'error',
    ),
    doc: 'Where it reports what goes on.',
    defaultText: '`console` for warnings and errors',
    dotNetName: 'ILogger',
  },
  telemetry: {
    takes: anObject<ServerTelemetry>('what openTelemetry() returns'),
    doc: 'What watches connections and calls, for example `openTelemetry()` of `@signalbox/opentelemetry`.',
    defaultText: 'none',
  },
  extensions: {
    takes: listOf(
      'a list of extensions',
      anObject<ServerExtension>("an extension, an object such as { name: 'limits', admitRequest }"),
    ),
    doc: 'Parts that are added to the server by hooks: docs/extensions.md.',
    defaultText: 'none',
    otherNames: ['plugins', 'hooks', 'middleware'],
  },
} satisfies OptionTable<
  Omit<
    ServerOptions,
    keyof HubOptions | keyof ConnectionOptions | keyof AuthenticationOptions | keyof ConnectionManagerOptions
  >
>

export const serverOptionTable = {
  ...hubOptionTable,
  ...connectionOptionTable,
  ...authenticationOptionTable,
  ...connectionManagerOptionTable,
  ...ofServers,
} satisfies OptionTable<ServerOptions>

/** What Node takes for a time. */
const longestTimeoutMs = 0x7fff_ffff

export const closeOptionTable = {
  drainTimeoutMs: {
    takes: numberFrom(0, longestTimeoutMs),
    doc:
      'How long running calls and streams may take, clients to be told in bundles, and connections to end. In the last' +
      ' second of it (at most a fifth) calls that still run are told by their signal; what is open at its end is cut.' +
      ' 0 waits for nothing.',
    default: 5_000,
    dotNetName: 'HostOptions.ShutdownTimeout',
  },
} satisfies OptionTable<CloseOptions>
