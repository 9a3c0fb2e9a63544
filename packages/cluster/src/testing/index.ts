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
} from '../payloads/cluster-protocol.js'
export { readWhole } from '../payloads/received-message.js'
export { type CapturedPayload, capturedPayloads } from './captured-payloads.js'
export { describeClusterBus, type TestedCluster } from './describe-cluster-bus.js'
export { eventually } from './eventually.js'
export { FixedProtocol } from './fixed-protocol.js'
export { TestNode, type TestNodeOptions } from './test-node.js'
