export {
  anonymous,
  type Claim,
  type ClaimsPrincipal,
  ConfigurationError,
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionHandler,
  type ConnectionReceiver,
  FeatureCollection,
  FeatureKey,
  type HttpRequest,
  type HttpTransportType,
  type Logger,
  type Node,
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
  type ConnectionStopStatus,
  type ConnectionTelemetry,
  type Host,
  type HttpResponse,
  type IterableConnection,
  type IterableConnectionHandler,
  type NegotiateAnswer,
  type NegotiateRedirect,
  type TlsFiles,
} from '@signalbox/connections'
export { type NodeHostOptions, type NodeServer, nodeHost } from '@signalbox/host-node'
export { type UwsHostOptions, uwsHost } from '@signalbox/host-uws'
export {
  type ActivatedHubClass,
  type Audience,
  type AuthorizationPolicy,
  anyValue,
  authorize,
  type Backplane,
  type CallMessage,
  type ClientAndGroups,
  ClientGoneError,
  type ClientProxy,
  type ClientResultProxy,
  type ConnectedClient,
  type DisconnectOptions,
  type GroupManager,
  Hub,
  type HubActivator,
  type HubActivity,
  type HubBindingFailureContext,
  type HubCallerClients,
  type HubCallerContext,
  type HubClass,
  type HubClients,
  type HubConnectionContext,
  type HubConnectionTelemetry,
  type HubContext,
  HubException,
  type HubExtension,
  type HubFilter,
  type HubInvocationContext,
  type HubMethodDeclaration,
  type HubMethodOptions,
  type HubMethodParameter,
  type HubMethodTable,
  type HubTelemetry,
  hubMethod,
  type Invocation,
  type InvokeOptions,
  type MemberCount,
  type Membership,
  type MembershipChange,
  type MessageAdmission,
  type SingleClientProxy,
  type StreamParameter,
  stream,
  type ValidationIssue,
} from '@signalbox/hubs'
export { type HubProtocol, HubProtocolError, PreciseDate } from '@signalbox/protocol'
export type { Authenticate, AuthenticationChallenge, AuthenticationResult } from './authentication/authenticate.js'
export type { AuthorizationPolicies, AuthorizationRequirement } from './authentication/authorization.js'
export { type JwtBearerOptions, jwtBearer } from './authentication/jwt-bearer.js'
export { claimTypes, createPrincipal, type PrincipalOptions } from './authentication/principal.js'
export type {
  ExtendedServer,
  ExtensionHost,
  ExtensionRoute,
  MappedHub,
  NegotiateTarget,
  ServerExtension,
} from './extensions/server-extension.js'
export type { HealthEntry, HealthReport, HealthStatus, ServerHealth } from './extensions/server-health.js'
export type { ListenAddress, ServerAddress } from './hosting/listen-address.js'
export type {
  CloseOptions,
  MapConnectionOptions,
  MapHubOptions,
  ServerOptions,
  ServerTelemetry,
} from './options/server-options.js'
export type { IncomingRequest } from './requests/incoming-request.js'
export { RequestBodyError } from './requests/incoming-request.js'
export type { HttpMethod } from './requests/method-table.js'
export type { MapRequestOptions, RequestHandler } from './requests/request-handler.js'
export { type ClientOf, createServer, SignalboxServer } from './signalbox-server.js'
