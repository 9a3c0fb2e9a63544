export { type HandshakeRequest, handshakeSuccess, tryParseHandshakeRequest, writeHandshakeError } from './handshake.js'
export * from './hub-message.js'
export type { ByteCursor, HubProtocol } from './hub-protocol.js'
export { HubProtocolError } from './hub-protocol-error.js'
export { JsonHubProtocol } from './json-hub-protocol.js'
// For the protocols in packages of their own.
export type { NativeBuffer } from './native-buffer.js'
export { TextCache } from './text-cache.js'
export { recordSeparator } from './text-framing.js'
