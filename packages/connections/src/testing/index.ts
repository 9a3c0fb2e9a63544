export { ManualClock } from '@signalbox/abstractions/testing'
export { describeConnectionDispatcher } from './describe-connection-dispatcher.js'
export { describeHost } from './describe-host.js'
export { EventQueue } from './event-queue.js'
export { FakeExchange, webSocketRequest } from './fake-exchange.js'
export type { HostFactory, HostTraits } from './host-traits.js'
export { RawConnection } from './raw-connection.js'
export {
  type RawRequest,
  type RawResponse,
  readChunk,
  readHead,
  readResponse,
  readStreamed,
  requestOnce,
  writeRequest,
} from './raw-http.js'
export { clientFrame, closePayload, handshakeHeaders, opcodes, RawWebSocket } from './raw-web-socket.js'
export { RecordingSocket } from './recording-socket.js'
export { turn } from './turn.js'
