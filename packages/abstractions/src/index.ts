export { anonymous, type Claim, type ClaimsPrincipal, nameIdentifier } from './claims-principal.js'
export { type Clock, systemClock } from './clock.js'
export type { ConnectionContext, ConnectionHandler, ConnectionReceiver } from './connection-context.js'
export {
  type ConnectionFeatures,
  FeatureCollection,
  FeatureKey,
  type StatefulReconnectFeature,
} from './connection-features.js'
export { createGuardedAbortController, takeAnyNumberOfListeners } from './guarded-abort-controller.js'
export { type HttpRequest, noParams, type RouteParams } from './http-request.js'
export { type HttpTransportType, httpTransportTypes } from './http-transport-type.js'
export { type Logger, type LogLevel, silentLogger } from './logger.js'
export { createNode, type Node } from './node-identity.js'
export { composeObservers, type NamedObserver, reportHookFailure } from './observers.js'
export { checkOptions } from './options/check-options.js'
export { describeValue } from './options/describe-value.js'
export {
  aFunction,
  anObject,
  anObjectWithAny,
  either,
  instanceOf,
  listOf,
  membersOf,
  numberFrom,
  oneOf,
  optionKind,
  recordOf,
  text,
  trueOrFalse,
} from './options/option-kinds.js'
export {
  type AnyOptionTable,
  type Option,
  type OptionKind,
  type OptionTable,
  type WithDefaults,
  withDefaults,
} from './options/option-table.js'
export { CallbackError, isPromiseLike, plainResult } from './options/plain-result.js'
export { printable } from './printable.js'
export { ReceiveBuffer } from './receive-buffer.js'
export { RecurringLog } from './recurring-log.js'
export { ConfigurationError, SignalRError } from './signalr-error.js'
export type { TransferFormat } from './transfer-format.js'
