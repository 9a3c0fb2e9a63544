export {
  anonymous,
  type Claim,
  type ClaimsPrincipal,
  ConfigurationError,
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionHandler,
  type ConnectionReceiver,
  type HttpRequest,
  type HttpTransportType,
  type Logger,
  nameIdentifier,
  type RouteParams,
  SignalRError,
  silentLogger,
  type TransferFormat,
} from '@signalbox/abstractions'
export {
  type AuthenticationOptions,
  type AuthenticationRefreshContext,
  ConnectionError,
  type Host,
  type HttpResponse,
  type IterableConnection,
  type IterableConnectionHandler,
  type TlsFiles,
} from '@signalbox/connections'
export { type NodeHostOptions, type NodeServer, nodeHost } from '@signalbox/host-node'
export { type UwsHostOptions, uwsHost } from '@signalbox/host-uws'
export {
  type ActivatedHubClass,
  type AuthorizationPolicy,
  anyValue,
  authorize,
  type Backplane,
  ClientGoneError,
  type ClientProxy,
  type ClientResultProxy,
  type GroupManager,
  Hub,
  type HubActivator,
  type HubBindingFailureContext,
  type HubCallerClients,
  type HubCallerContext,
  type HubClass,
  type HubClients,
  type HubContext,
  HubException,
  type HubFilter,
  type HubInvocationContext,
  type HubMethodDeclaration,
  type HubMethodOptions,
  type HubMethodParameter,
  type HubMethodTable,
  hubMethod,
  type Invocation,
  type InvokeOptions,
  type SingleClientProxy,
  type StreamParameter,
  stream,
  type ValidationIssue,
} from '@signalbox/hubs'
export { type HubProtocol, HubProtocolError, PreciseDate } from '@signalbox/protocol'
export type { Authenticate, AuthenticationChallenge, AuthenticationResult } from './authenticate.js'
export type { AuthorizationPolicies, AuthorizationRequirement } from './authorization.js'
export { createPrincipal, type PrincipalOptions } from './create-principal.js'
export type { IncomingRequest } from './incoming-request.js'
export { type JwtBearerOptions, jwtBearer } from './jwt-bearer.js'
export { claimTypes } from './jwt-claims.js'
export type { ServerAddress } from './listen-address.js'
export type { HttpMethod } from './method-table.js'
export { RequestBodyError } from './request-body-error.js'
export type { MapRequestOptions, RequestHandler } from './request-handler.js'
export type {
  CloseOptions,
  MapConnectionOptions,
  MapHubOptions,
  ServerOptions,
  ServerTelemetry,
} from './server-options.js'
export { type ClientOf, createServer, SignalboxServer } from './signalbox-server.js'
