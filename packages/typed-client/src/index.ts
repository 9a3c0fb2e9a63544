export type { HubConnectionLike, StreamResult, StreamSubscriber, Subscription } from './hub-connection-like.js'
export type { ClientMethodsOf, HubContract, HubMethodParameters, HubMethodResult } from './hub-contract.js'
export type { HubStream } from './hub-stream.js'
export {
  type ClientHandlers,
  type HubInvokes,
  type HubSends,
  type HubStreams,
  type TypedHub,
  typedHub,
} from './typed-hub.js'
export type { Json, Received, WireFormat } from './wire-types.js'
