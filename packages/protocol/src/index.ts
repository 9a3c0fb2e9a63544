export * from './hub-message.js'
export type { ByteCursor, HubProtocol } from './hub-protocol.js'
export { HubProtocolError } from './hub-protocol-error.js'
