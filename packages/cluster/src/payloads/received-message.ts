import { isUtf8 } from 'node:buffer'
import { SerializedHubMessage } from '@signalbox/hubs'
import { type ByteCursor, type HubMessage, type HubProtocol, MessageType, recordSeparator } from '@signalbox/protocol'
import type { SerializedMessages } from './cluster-protocol.js'
import type { PayloadGuard } from './payload-guard.js'

/**
 * A message as another node has serialized it: its bytes go to the clients as they are. Only where the other node does
 * not speak a client's protocol is it read and written anew. (.NET closes such clients.)
 * @param protocols - those of the hub.
 */
export function receivedMessage(
  messages: SerializedMessages,
  protocols: readonly HubProtocol[],
  guard: PayloadGuard,
): SerializedHubMessage {
  return new SerializedHubMessage(protocol => {
    const bytes = messages.get(protocol.name)
    if (bytes === undefined) return translate(messages, protocols, protocol, guard)
    if (bytes.length === 0) return undefined // .NET sends nothing either
    if (!isFramed(protocol.name, bytes)) {
      guard.reject(`A message of another node does not keep to the framing of ${protocol.name}.`)
      return undefined
    }
    // A copy, once for all receivers: the payload is a view of what came off the socket, and would keep all of that
    // alive.
    return Buffer.from(bytes)
  })
}

function translate(
  messages: SerializedMessages,
  protocols: readonly HubProtocol[],
  to: HubProtocol,
  guard: PayloadGuard,
): Uint8Array | undefined {
  guard.reject(`Another node does not send in ${to.name}: configure the same protocols on every node.`)
  for (const from of protocols) {
    const bytes = messages.get(from.name)
    if (bytes === undefined || !isFramed(from.name, bytes)) continue
    const message = readWhole(from, bytes)
    if (message?.type === MessageType.Invocation) return to.writeMessage(message)
  }
  return undefined
}

/** @throws HubProtocolError */
export function readWhole(protocol: HubProtocol, bytes: Uint8Array): HubMessage | undefined {
  const cursor: ByteCursor = { bytes: Buffer.from(bytes), offset: 0, end: bytes.length }
  const message = protocol.tryParseMessage(cursor)
  return typeof message?.type === 'number' ? (message as HubMessage) : undefined
}

/**
 * Whether bytes end on a message boundary and may go into a frame of their kind; a client's connection would not
 * survive others.
 */
function isFramed(protocolName: string, bytes: Uint8Array): boolean {
  if (protocolName === 'json') return bytes.at(-1) === recordSeparator && isUtf8(bytes)
  return protocolName !== 'messagepack' || isTiledByLengths(bytes)
}

/**
 * @source HubProtocol.md, MessagePack encoding: each message is preceded by its length, 7 bits to a byte, the low ones
 *   first.
 */
function isTiledByLengths(bytes: Uint8Array): boolean {
  let position = 0
  while (position < bytes.length) {
    let length = 0
    let factor = 1
    let byte: number
    do {
      byte = bytes[position++] ?? Number.NaN
      length += (byte & 0x7f) * factor
      factor *= 0x80
    } while (byte >= 0x80 && factor < 2 ** 35)
    if (!(byte < 0x80)) return false
    position += length
  }
  return position === bytes.length
}
