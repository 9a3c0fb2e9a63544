export type { ClientProxy, UntypedClient } from './client-proxy.js'
export { DefaultHubLifetimeManager } from './default-hub-lifetime-manager.js'
export type { GroupManager } from './group-manager.js'
export { Hub } from './hub.js'
export type { HubCallerContext } from './hub-caller-context.js'
export type { HubCallerClients, HubClients } from './hub-clients.js'
export type { HubConnectionContext } from './hub-connection-context.js'
export type { HubContext } from './hub-context.js'
export type { AnyHub, HubClass } from './hub-descriptor.js'
export { hubConnectionHandler } from './hub-endpoint.js'
export { HubException } from './hub-exception.js'
export type { HubLifetimeManager } from './hub-lifetime-manager.js'
export {
  type HubMethodArguments,
  type HubMethodDeclaration,
  type HubMethodOptions,
  type HubMethodTable,
  hubMethod,
} from './hub-method.js'
export type { HubOptions } from './hub-options.js'
export { HubRuntime } from './hub-runtime.js'
export { SerializedHubMessage } from './serialized-hub-message.js'
