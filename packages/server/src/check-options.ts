import { ConfigurationError } from '@signalbox/abstractions'
import type { MapRequestOptions } from './request-handler.js'
import type { CloseOptions, MapConnectionOptions, MapHubOptions, ServerOptions } from './server-options.js'
import type { TestHubOptions } from './test-hub/test-hub.js'

/** What an option takes. A `value` is checked where it is used. */
type Kind = 'value' | 'function' | 'object' | 'array of objects'

/** Every option there is; the compiler keeps the lists complete. */
type KindsOf<TOptions> = Readonly<Record<keyof TOptions, Kind>>

const ofConnections: KindsOf<Omit<MapConnectionOptions, 'authorize'>> = {
  transports: 'value',
  applicationMaxBufferSizeBytes: 'value',
  transportMaxBufferSizeBytes: 'value',
  maximumPendingSendBytes: 'value',
  maximumPendingReceiveBytes: 'value',
  transportSendTimeoutMs: 'value',
  longPollingPollTimeoutMs: 'value',
  allowStatefulReconnects: 'value',
  minimumProtocolVersion: 'value',
  closeOnAuthenticationExpiration: 'value',
  enableAuthenticationRefresh: 'value',
  onAuthenticationRefresh: 'function',
  maximumAuthenticationExpirationMs: 'value',
  policies: 'object',
}

const ofHubs: KindsOf<Omit<MapHubOptions, 'authorize'>> = {
  ...ofConnections,
  handshakeTimeoutMs: 'value',
  keepAliveIntervalMs: 'value',
  clientTimeoutIntervalMs: 'value',
  maximumReceiveMessageSizeBytes: 'value',
  enableDetailedErrors: 'value',
  enableValidationErrors: 'value',
  maximumParallelInvocationsPerClient: 'value',
  streamBufferCapacityItems: 'value',
  maximumStreamsPerClient: 'value',
  maximumPendingInvocationsPerClient: 'value',
  maximumPendingInvocationBytesPerClient: 'value',
  statefulReconnectBufferSizeBytes: 'value',
  hubActivator: 'function',
  filters: 'array of objects',
  supportedProtocols: 'value',
  userIdProvider: 'function',
}

const ofServers: KindsOf<ServerOptions> = {
  ...ofHubs,
  disconnectTimeoutMs: 'value',
  maximumPendingConnections: 'value',
  maximumBroadcastDelayMs: 'value',
  authenticate: 'function',
  protocols: 'array of objects',
  backplane: 'object',
  host: 'object',
  allowedOrigins: 'value',
  trustedProxies: 'value',
  responseHeaders: 'function',
  logger: 'object',
  telemetry: 'object',
}

const kinds: Readonly<
  Record<
    'createServer' | 'mapHub' | 'mapConnection' | 'mapRequest' | 'close' | 'testHub',
    Readonly<Record<string, Kind>>
  >
> = {
  createServer: ofServers,
  mapHub: { ...ofHubs, authorize: 'value' },
  mapConnection: { ...ofConnections, authorize: 'value' },
  mapRequest: { maximumRequestBodySizeBytes: 'value' } satisfies KindsOf<MapRequestOptions>,
  testHub: { ...ofHubs, authorize: 'value', logger: 'object' } satisfies KindsOf<TestHubOptions>,
  close: { drainTimeoutMs: 'value' } satisfies KindsOf<CloseOptions>,
}

/**
 * A misspelt option would be ignored in silence, one of another kind fail much later, and JavaScript has no compiler to find either.
 * @throws ConfigurationError that names it, and the option that may be meant.
 */
export function checkOptions(taker: keyof typeof kinds, options: object): void {
  const known = kinds[taker]
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(known, name) ? known[name] : undefined
    if (kind === undefined)
      throw new ConfigurationError(name, `${taker} has no option '${name}'${hint(name, Object.keys(known))}.`)
    if (value === undefined || is(kind, value)) continue
    const article = kind === 'function' ? 'a' : 'an'
    throw new ConfigurationError(name, `${name} must be ${article} ${kind}, but is ${kindOf(value)}.`)
  }
}

function is(kind: Kind, value: unknown): boolean {
  if (kind === 'value') return true
  if (kind === 'array of objects') return Array.isArray(value) && value.every(one => is('object', one))
  return value !== null && typeof value === kind
}

/** Not the value itself, which may be an address with a password in it. */
function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array with a ${typeof value.find(one => !is('object', one))}`
  return `of type ${typeof value}`
}

/** Finds what differs in case or lacks its unit: .NET says KeepAliveInterval. */
function hint(name: string, known: readonly string[]): string {
  const lower = name.toLowerCase()
  const meant = known.find(one => [lower, `${lower}ms`, `${lower}bytes`, `${lower}items`].includes(one.toLowerCase()))
  if (meant !== undefined) return `: did you mean '${meant}'`
  if (Object.hasOwn(ofServers, name)) return ': it is one of createServer'
  return name === 'authorize' ? ': it is one of mapHub and mapConnection' : ''
}
