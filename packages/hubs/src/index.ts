export { askPolicy } from './authoring/ask-policy.js'
export type {
  ClientProxy,
  ClientResultProxy,
  InvokeOptions,
  SingleClientProxy,
  UntypedClient,
} from './authoring/client-proxy.js'
export { Hub } from './authoring/hub.js'
export type { HubCallerContext } from './authoring/hub-caller-context.js'
export type { HubCallerClients, HubClients } from './authoring/hub-clients.js'
export type { GroupManager, HubContext } from './authoring/hub-context.js'
export type { ActivatedHubClass, AnyHub, HubClass } from './authoring/hub-descriptor.js'
export { HubException } from './authoring/hub-exception.js'
export type { HubBindingFailureContext, HubFilter, HubInvocationContext } from './authoring/hub-filter.js'
export {
  authorize,
  classAuthorizationOf,
  type HubMethodArguments,
  type HubMethodDeclaration,
  type HubMethodOptions,
  type HubMethodParameter,
  type HubMethodTable,
  hubMethod,
} from './authoring/hub-method.js'
export {
  type AuthorizationPolicy,
  checkedUserIdProvider,
  type HubActivator,
  type HubOptions,
  hubOptionTable,
  takesPolicies,
} from './authoring/hub-options.js'
export { anyValue, type StreamParameter, stream } from './authoring/stream-parameter.js'
export { composeTelemetry } from './compose-telemetry.js'
export { HubConnection } from './connection/hub-connection.js'
export type { HubConnectionContext } from './connection/hub-connection-context.js'
export { hubConnectionHandler } from './connection/hub-handshake.js'
export type { ValidationIssue } from './dispatch/argument-binding.js'
export { InvalidOperationError } from './dispatch/argument-errors.js'
export { errorTypeName } from './dispatch/error-message.js'
export type { Invocation } from './dispatch/hub-invocation.js'
export type { CallMessage, HubExtension, MessageAdmission } from './hub-extension.js'
export { HubRuntime } from './hub-runtime.js'
export type { HubActivity, HubConnectionTelemetry, HubTelemetry } from './hub-telemetry.js'
export { type Audience, distinct, type SendOptions } from './lifetime/audience.js'
export type { Backplane, BackplaneHub } from './lifetime/backplane.js'
export { ClientGoneError, type ClientResults } from './lifetime/client-results.js'
export { ClientResultsManager, errorCompletion } from './lifetime/client-results-manager.js'
export { DefaultHubLifetimeManager } from './lifetime/default-hub-lifetime-manager.js'
export type { HubLifetimeManager } from './lifetime/hub-lifetime-manager.js'
export { LocalClientResults } from './lifetime/local-client-results.js'
export { PendingByConnection } from './lifetime/pending-by-connection.js'
export { SerializedHubMessage } from './lifetime/serialized-hub-message.js'
export { HubConnectionStore, type Receivers, writeToReceivers } from './membership/hub-connection-store.js'
export { LocalMembership } from './membership/local-membership.js'
export type {
  ClientAndGroups,
  ConnectedClient,
  DisconnectOptions,
  MemberCount,
  Membership,
  MembershipChange,
} from './membership/membership.js'
