import type { ByteCursor } from './hub-protocol.js'

/**
 * Ends every record of the text protocols: handshake and JSON messages. JSON escapes it inside strings, so a raw one is
 * always a terminator.
 * @source HubProtocol.md, JSON encoding
 */
export const recordSeparator = 0x1e

/** Index of the separator that ends the record at `cursor.offset`; -1 while it has not arrived. */
export function findRecordSeparator(cursor: ByteCursor): number {
  if (cursor.offset >= cursor.end) return -1
  const index = cursor.bytes.indexOf(recordSeparator, cursor.offset)
  return index < cursor.end ? index : -1
}
