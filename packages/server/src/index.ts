export {
  ConfigurationError,
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionHandler,
  type ConnectionReceiver,
  type HttpRequest,
  type HttpTransportType,
  type Logger,
  SignalRError,
  silentLogger,
  type TransferFormat,
} from '@signalbox/abstractions'
export { ConnectionError, type Host, type HttpResponse, type TlsFiles } from '@signalbox/connections'
export { type UwsHostOptions, uwsHost } from '@signalbox/host-uws'
export {
  type ClientProxy,
  type GroupManager,
  Hub,
  type HubCallerClients,
  type HubCallerContext,
  type HubClass,
  type HubClients,
  type HubContext,
  HubException,
  type HubMethodDeclaration,
  type HubMethodOptions,
  type HubMethodTable,
  hubMethod,
} from '@signalbox/hubs'
export { HubProtocolError } from '@signalbox/protocol'
export type { RequestHandler } from './router.js'
export type { CloseOptions, MapHubOptions, ServerOptions } from './server-options.js'
export { type ClientOf, createServer, type ServerAddress, SignalboxServer } from './signalbox-server.js'
