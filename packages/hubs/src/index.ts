export { InvalidOperationError } from './argument-errors.js'
export type { Backplane, BackplaneHub } from './backplane.js'
export type { ValidationIssue } from './binding-failure.js'
export type {
  ClientProxy,
  ClientResultProxy,
  InvokeOptions,
  SingleClientProxy,
  UntypedClient,
} from './client-proxy.js'
export { ClientGoneError, ClientResultsManager, errorCompletion } from './client-results.js'
export { DefaultHubLifetimeManager } from './default-hub-lifetime-manager.js'
export { errorTypeName } from './error-message.js'
export type { GroupManager } from './group-manager.js'
export { Hub } from './hub.js'
export type { HubCallerContext } from './hub-caller-context.js'
export type { HubCallerClients, HubClients } from './hub-clients.js'
export type { HubConnectionContext } from './hub-connection-context.js'
export { HubConnectionStore, type Receivers, writeToReceivers } from './hub-connection-store.js'
export type { HubContext } from './hub-context.js'
export type { ActivatedHubClass, AnyHub, HubClass } from './hub-descriptor.js'
export { hubConnectionHandler } from './hub-endpoint.js'
export { HubException } from './hub-exception.js'
export type { HubBindingFailureContext, HubFilter, HubInvocationContext } from './hub-filter.js'
export type { Invocation } from './hub-invocation.js'
export type { HubLifetimeManager } from './hub-lifetime-manager.js'
export {
  authorize,
  classAuthorizationOf,
  type HubMethodArguments,
  type HubMethodDeclaration,
  type HubMethodOptions,
  type HubMethodParameter,
  type HubMethodTable,
  hubMethod,
} from './hub-method.js'
export { type AuthorizationPolicy, checkedUserIdProvider, type HubActivator, type HubOptions } from './hub-options.js'
export { HubRuntime } from './hub-runtime.js'
export type { HubActivity, HubConnectionTelemetry, HubTelemetry } from './hub-telemetry.js'
export { PendingByConnection } from './pending-by-connection.js'
export { SerializedHubMessage } from './serialized-hub-message.js'
export { anyValue, type StreamParameter, stream } from './stream-parameter.js'
