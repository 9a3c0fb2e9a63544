export type { AllowedOrigins } from './allowed-origins.js'
export {
  type AuthenticationOptions,
  type AuthenticationRefreshContext,
  resolveAuthenticationOptions,
} from './authentication-options.js'
export { ConnectionDispatcher } from './connection-dispatcher.js'
export type { ConnectionEndpoint } from './connection-endpoint.js'
export { ConnectionError, type ConnectionErrorCode } from './connection-error.js'
export {
  type ConnectionManagerOptions,
  type ConnectionOptions,
  type ResolvedConnectionManagerOptions,
  type ResolvedConnectionOptions,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
} from './connection-options.js'
export type { ConnectionStopStatus, ConnectionTelemetry } from './connection-telemetry.js'
export { CorsPolicy } from './cors-policy.js'
export { EarlyBody } from './early-body.js'
export type { Authorization, EndpointAuthentication } from './endpoint-authentication.js'
export { ExchangeWithHeaders } from './exchange-with-headers.js'
export { type HostOptions, hostOptionTable } from './host-options.js'
export type {
  BodyResult,
  Host,
  HostHandler,
  HostSocket,
  HostSocketHandler,
  HostStream,
  HostStreamHandler,
  HttpExchange,
  HttpResponse,
  ListenOptions,
  ReceivedRequest,
  TlsFiles,
} from './host-port.js'
export { HttpConnectionManager } from './http-connection-manager.js'
export { notFound } from './http-responses.js'
export {
  type IterableConnection,
  type IterableConnectionHandler,
  iterableConnectionHandler,
} from './iterable-connection.js'
export { MessageLimit, type MessageNeeds } from './message-limit.js'
export { logRefusal, type Refusal } from './refusal.js'
export { whyOriginIsRefused } from './refusals.js'
export { RequestSnapshot } from './request-snapshot.js'
export { isSameIdentity } from './same-identity.js'
export { TrustedProxies } from './trusted-proxies.js'
export { isWebSocketHandshake } from './web-socket-handshake.js'
