import { listOf, numberFrom, type OptionTable, text } from '@signalbox/abstractions'
import { mostMessageBytes } from '../transports/message-limit.js'

/** Options that every host has. */
export interface HostOptions {
  /**
   * Largest WebSocket message, fragments joined. A larger one ends the socket without a close frame, where a hub's own
   * limit ends it with an explanation. One limit for all that the host serves: a hub that asks for more raises it for
   * the others too. Default 1,048,576 bytes, or as much as the `maximumPendingReceiveBytes` of what is mapped asks for
   * (on uWebSockets.js: of what is mapped before it listens).
   */
  maximumWebSocketMessageBytes?: number
  /** The same as `trustedProxies` of the server, which goes before it. Default none. */
  trustedProxies?: readonly string[]
}

/** What {@link TrustedProxies} takes; it looks at the texts. */
export const takesProxies = listOf("a list such as ['10.0.0.0/8']", text('an IP address or a network'))

export const hostOptionTable = {
  maximumWebSocketMessageBytes: {
    takes: numberFrom(1, mostMessageBytes),
    doc:
      "Largest WebSocket message, fragments joined. A larger one ends the socket without a close frame, where a hub's" +
      ' own limit ends it with an explanation. One limit for all that the host serves: a hub that asks for more raises' +
      ' it for the others too.',
    defaultText:
      '1,048,576 bytes, or as much as the `maximumPendingReceiveBytes` of what is mapped asks for (on uWebSockets.js:' +
      ' of what is mapped before it listens)',
  },
  trustedProxies: {
    takes: takesProxies,
    doc: 'The same as `trustedProxies` of the server, which goes before it.',
    defaultText: 'none',
  },
} satisfies OptionTable<HostOptions>
