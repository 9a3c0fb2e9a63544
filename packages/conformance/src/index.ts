export { type CapturedPayload, capturedPayloads } from './cluster/captured-payloads.js'
export { describeCluster } from './cluster/describe-cluster.js'
export { describeClusterBus, type TestedCluster } from './cluster/describe-cluster-bus.js'
export { type ClusterParts, type CreateCluster, memoryCluster } from './cluster/test-cluster.js'
export { type TestedBackplane, TestNode, type TestNodeOptions } from './cluster/test-node.js'
export { describeConnectionDispatcher } from './connection-dispatcher/describe-connection-dispatcher.js'
export { describeHost } from './hosts/describe-host.js'
export type { HostFactory, HostTraits } from './hosts/host-traits.js'
export { describeHubLifetimeManager, type LifetimeManagerCluster } from './hubs/describe-hub-lifetime-manager.js'
export { TestConnection, type TestConnectionOptions } from './hubs/test-connection.js'
export { TestServer } from './hubs/test-server.js'
export {
  type AcceptedVector,
  allRaw,
  describeHubProtocol,
  type HubProtocolVectors,
  type ReadVector,
  type RefusedVector,
  readAll,
  refusalOf,
  type WrittenVector,
} from './protocols/describe-hub-protocol.js'
export { RawConnection } from './raw-clients/raw-connection.js'
export {
  type RawRequest,
  type RawResponse,
  readChunk,
  readHead,
  readResponse,
  readStreamed,
  requestOnce,
  writeRequest,
} from './raw-clients/raw-http.js'
export { clientFrame, closePayload, handshakeHeaders, opcodes, RawWebSocket } from './raw-clients/raw-web-socket.js'
export { FakeExchange, webSocketRequest } from './stand-ins/fake-exchange.js'
export { RecordingLogger } from './stand-ins/recording-logger.js'
export { RecordingSocket } from './stand-ins/recording-socket.js'
export { requestWith } from './stand-ins/request-with.js'
export { Deferred } from './waiting/deferred.js'
export { EventQueue } from './waiting/event-queue.js'
export { eventually } from './waiting/eventually.js'
export { ManualClock } from './waiting/manual-clock.js'
export { turn } from './waiting/turn.js'
export { warningsDuring } from './waiting/warnings-during.js'
