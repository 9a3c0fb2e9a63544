export {
  type AuthenticationOptions,
  type AuthenticationRefreshContext,
  authenticationOptionTable,
  resolveAuthenticationOptions,
} from './authentication/authentication-options.js'
export type { Authorization, EndpointAuthentication } from './authentication/endpoint-authentication.js'
export { isSameIdentity } from './authentication/same-identity.js'
export { EarlyBody } from './host/early-body.js'
export { ExchangeWithHeaders } from './host/exchange-with-headers.js'
export { type HostOptions, hostOptionTable, takesProxies } from './host/host-options.js'
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
} from './host/host-port.js'
export type { ReceivedRequest } from './host/received-request.js'
export { RequestSnapshot } from './host/request-snapshot.js'
export { type TlsFiles, tlsFileTable } from './host/tls-files.js'
export { TrustedProxies } from './host/trusted-proxies.js'
export { type AllowedOrigins, takesOrigins } from './http/allowed-origins.js'
export { ConnectionDispatcher } from './http/connection-dispatcher.js'
export type { ConnectionEndpoint, NegotiateAnswer } from './http/connection-endpoint.js'
export { CorsPolicy } from './http/cors-policy.js'
export { notFound, requestFailed } from './http/http-responses.js'
export type { NegotiateRedirect } from './http/negotiate.js'
export { ConnectionError, type ConnectionErrorCode } from './life/connection-application.js'
export {
  type ConnectionManagerOptions,
  type ConnectionOptions,
  connectionManagerOptionTable,
  connectionOptionTable,
  type ResolvedConnectionManagerOptions,
  type ResolvedConnectionOptions,
  resolveConnectionManagerOptions,
  resolveConnectionOptions,
} from './life/connection-options.js'
export type { ConnectionStopStatus, ConnectionTelemetry } from './life/connection-telemetry.js'
export { HttpConnectionManager } from './life/http-connection-manager.js'
export {
  type IterableConnection,
  type IterableConnectionHandler,
  iterableConnectionHandler,
} from './life/iterable-connection.js'
export { logRefusal, type Refusal } from './refusal.js'
export { whyOriginIsRefused } from './refusals.js'
export { MessageLimit, type MessageNeeds } from './transports/message-limit.js'
export { isWebSocketHandshake } from './transports/web-socket-handshake.js'
