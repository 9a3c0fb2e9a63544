import type { ByteCursor } from './hub-protocol.js'
import { HubProtocolError } from './hub-protocol-error.js'
import { MemberNames } from './member-names.js'
import { findRecordSeparator } from './text-framing.js'
import { readIntegerMember, readStringMember } from './typed-members.js'
import { Utf8JsonReader } from './utf8-json-reader.js'

/** The first thing a client sends, whatever its protocol: always JSON. */
export interface HandshakeRequest {
  /** As the client wrote it, which may differ in case from the protocol's own name. */
  readonly protocol: string
  readonly version: number
}

const names = new MemberNames(['protocol', 'version'])
/** Reset for each handshake, which is read in one go. */
const reader = new Utf8JsonReader()

/**
 * Reads the handshake request and moves `cursor.offset` behind its separator; what follows are hub messages.
 * @returns undefined while it is incomplete.
 * @throws HubProtocolError whose type and message go into the answer when detailed errors are on.
 * @source HubProtocol.md, Handshake; dotnet/aspnetcore: HandshakeProtocol.TryParseRequestMessage
 */
export function tryParseHandshakeRequest(cursor: ByteCursor): HandshakeRequest | undefined {
  const end = findRecordSeparator(cursor)
  if (end < 0) return undefined
  const start = cursor.offset
  cursor.offset = end + 1
  let protocol: string | undefined
  let version: number | undefined
  reader.reset(cursor.bytes, start, end)
  for (let more = reader.enterRootObject(); more; more = reader.nextMember()) {
    switch (reader.matchName(names)) {
      case 'protocol':
        protocol = readStringMember(reader, 'protocol')
        break
      case 'version':
        version = readIntegerMember(reader, 'version', 'Int32')
        break
      case undefined:
        reader.skipValue()
    }
  }
  const content = () => cursor.bytes.toString('utf8', start, end)
  if (protocol === undefined) throw missing('protocol', content())
  if (version === undefined) throw missing('version', content())
  return { protocol, version }
}

/** The answer to an accepted handshake. To a binary protocol it is JSON too, but in a binary frame. */
export const handshakeSuccess: Buffer = Buffer.from('{}\x1e')

/**
 * The answer to a refused handshake.
 * @param error - never empty: the JavaScript client takes an empty text for success.
 */
export function writeHandshakeError(error: string): Buffer {
  return Buffer.from(`{"error":${JSON.stringify(error)}}\x1e`)
}

function missing(name: string, content: string): HubProtocolError {
  return new HubProtocolError(`Missing required property '${name}'. Message content: ${content}`)
}
