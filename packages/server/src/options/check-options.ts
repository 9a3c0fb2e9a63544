import {
  aFunction,
  anObject,
  ConfigurationError,
  checkOptions as checkAgainst,
  httpTransportTypes,
  listOf,
  type Option,
  type OptionTable,
  oneOf,
  text,
  trueOrFalse,
} from '@signalbox/abstractions'
import type { MapRequestOptions } from '../requests/request-handler.js'
import type { TestHubOptions } from '../test-hub/test-hub.js'
import type { CloseOptions, MapConnectionOptions, MapHubOptions, ServerOptions } from './server-options.js'

/** Checked where its default and its range are. */
const inRange: Option<never> = { takes: { description: 'in its range', check() {} } }
const flag: Option<boolean> = { takes: trueOrFalse }
/** @param description - of the function, for the error. */
const callback = (description?: string): Option<never> => ({ takes: aFunction(description) })

const ofConnections: OptionTable<Omit<MapConnectionOptions, 'authorize'>> = {
  transports: { takes: listOf("a list such as ['WebSockets', 'LongPolling']", oneOf(...httpTransportTypes)) },
  applicationMaxBufferSizeBytes: inRange,
  transportMaxBufferSizeBytes: inRange,
  maximumPendingSendBytes: inRange,
  maximumPendingReceiveBytes: inRange,
  transportSendTimeoutMs: inRange,
  longPollingPollTimeoutMs: { ...inRange, dotNetName: 'LongPolling.PollTimeout' },
  allowStatefulReconnects: flag,
  minimumProtocolVersion: inRange,
  closeOnAuthenticationExpiration: flag,
  enableAuthenticationRefresh: flag,
  onAuthenticationRefresh: callback(),
  maximumAuthenticationExpirationMs: inRange,
  policies: {
    takes: anObject("an object with a function for each policy, { admin: user => user.hasClaim('role', 'admin') }"),
  },
}

const ofHubs: OptionTable<Omit<MapHubOptions, 'authorize'>> = {
  ...ofConnections,
  handshakeTimeoutMs: inRange,
  keepAliveIntervalMs: inRange,
  clientTimeoutIntervalMs: inRange,
  maximumReceiveMessageSizeBytes: inRange,
  enableDetailedErrors: flag,
  enableValidationErrors: flag,
  maximumParallelInvocationsPerClient: inRange,
  streamBufferCapacityItems: inRange,
  maximumStreamsPerClient: inRange,
  maximumPendingInvocationsPerClient: inRange,
  maximumPendingInvocationBytesPerClient: inRange,
  statefulReconnectBufferSizeBytes: inRange,
  hubActivator: callback('a function that makes a hub, hubClass => new hubClass(…)'),
  filters: { takes: listOf('a list of objects with invokeMethod', anObject('an object with invokeMethod')) },
  supportedProtocols: { takes: listOf("a list such as ['json']", text("a protocol's name")) },
  userIdProvider: callback('a function that returns a text, ({ user }) => user.findFirst(…)'),
}

const protocol = anObject<never>('a protocol such as new MessagePackHubProtocol()', 'writeMessage')

const ofServers: OptionTable<ServerOptions> = {
  ...ofHubs,
  disconnectTimeoutMs: inRange,
  maximumPendingConnections: inRange,
  maximumBroadcastDelayMs: inRange,
  authenticate: callback('a function such as jwtBearer({ … })'),
  protocols: { takes: listOf('a list such as [new MessagePackHubProtocol()]', protocol) },
  backplane: {
    takes: anObject("a backplane such as redisBackplane({ url: 'redis://…' })", 'createLifetimeManager'),
    otherNames: ['redis'],
  },
  host: { takes: anObject('a host such as uwsHost() or nodeHost()', 'listen') },
  allowedOrigins: { ...inRange, otherNames: ['cors', 'origins', 'WithOrigins'] },
  trustedProxies: inRange,
  responseHeaders: callback(),
  logger: {
    takes: anObject('an object with debug, info, warn and error, such as console', 'debug', 'info', 'warn', 'error'),
  },
  telemetry: { takes: anObject('what openTelemetry() returns') },
}

const tables: Readonly<
  Record<
    'createServer' | 'mapHub' | 'mapConnection' | 'mapRequest' | 'close' | 'testHub',
    Readonly<Record<string, Option<unknown>>>
  >
> = {
  createServer: ofServers,
  mapHub: { ...ofHubs, authorize: inRange },
  mapConnection: { ...ofConnections, authorize: inRange },
  mapRequest: { maximumRequestBodySizeBytes: inRange } satisfies OptionTable<MapRequestOptions>,
  testHub: { ...ofHubs, authorize: inRange, logger: ofServers.logger } satisfies OptionTable<TestHubOptions>,
  close: { drainTimeoutMs: inRange } satisfies OptionTable<CloseOptions>,
}

/** @throws ConfigurationError that names the option, and the one or the value that is meant. */
export function checkOptions(taker: keyof typeof tables, options: object): void {
  const table = tables[taker]
  for (const name of Object.keys(options)) {
    const owner = Object.hasOwn(table, name) ? undefined : ownerOf(name)
    if (owner !== undefined)
      throw new ConfigurationError(name, `${taker} has no option '${name}': it is one of ${owner}.`)
  }
  checkAgainst(taker, table, options)
}

/** Where an option belongs that was given elsewhere. */
function ownerOf(name: string): string | undefined {
  if (Object.hasOwn(ofServers, name)) return 'createServer'
  return name === 'authorize' ? 'mapHub and mapConnection' : undefined
}
