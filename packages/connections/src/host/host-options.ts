import { listOf, numberFrom, type OptionTable, text } from '@signalbox/abstractions'
import { mostMessageBytes } from '../transports/message-limit.js'

/** Options that every host has. */
export interface HostOptions {
  /**
   * Largest WebSocket message, fragments joined. A larger one ends the socket without a close frame, where a hub's own
   * limit ends it with an explanation. Default 1,048,576 bytes, or as much as the `maximumPendingReceiveBytes` of what
   * is mapped asks for (on uWebSockets.js: of what is mapped before it listens).
   */
  maximumWebSocketMessageBytes?: number
  /** The same as `trustedProxies` of the server, which goes before it. */
  trustedProxies?: readonly string[]
}

export const hostOptionTable: OptionTable<HostOptions> = {
  maximumWebSocketMessageBytes: { takes: numberFrom(1, mostMessageBytes) },
  trustedProxies: { takes: listOf("a list such as ['10.0.0.0/8']", text()) },
}
