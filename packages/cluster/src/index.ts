export { BackplaneError, type BackplaneErrorCode } from './backplane-error.js'
export type { ClusterBus } from './bus/cluster-bus.js'
export { MemoryBus, MemoryNetwork, memoryBackplane } from './bus/memory-bus.js'
export { ClusterBackplane, type ClusterHealth } from './cluster-backplane.js'
export { ClusterHubLifetimeManager, type ClusterOptions } from './cluster-hub-lifetime-manager.js'
export { DeadlineQueue } from './deadline-queue.js'
// The formats of what travels, for buses and tools that look at it.
export {
  GroupAction,
  readAck,
  readCompletion,
  readGroupCommand,
  readInvocation,
  writeAck,
  writeCompletion,
  writeGroupCommand,
  writeInvocation,
} from './payloads/cluster-protocol.js'
export { readWhole } from './payloads/received-message.js'
