import { type ByteCursor, HubProtocolError } from '@signalbox/protocol'
import type { MessagePackReader } from './messagepack-reader.js'

// Every message is preceded by its length as a VarInt: seven bits per byte, the least significant ones first, the top
// bit saying that more follow.
// @source dotnet/aspnetcore: src/SignalR/common/Shared/BinaryMessageParser.cs, BinaryMessageFormatter.cs

export const longestPrefixBytes = 5

/**
 * Opens the body of the next message in the reader and moves the cursor past it.
 * @returns false while the message is incomplete; then nothing has moved.
 */
export function openNextBody(cursor: ByteCursor, reader: MessagePackReader): boolean {
  const { bytes, end } = cursor
  let position = cursor.offset
  let length = 0
  for (let shift = 0; ; shift += 7) {
    if (position >= end) return false
    const byte = bytes[position++]!
    if (shift === 28 && byte > 7) {
      throw new HubProtocolError('Messages over 2GB in size are not supported.', 'FormatException')
    }
    // More bytes than the length needs are allowed.
    length |= (byte & 0x7f) << shift
    if (byte < 0x80) break
  }
  if (length > end - position) return false
  reader.open(bytes, position, position + length)
  cursor.offset = position + length
  return true
}

/** Writes the prefix so that it ends where the body starts. @returns where the prefix starts. */
export function writePrefix(bytes: Buffer, bodyStart: number, bodyEnd: number): number {
  const length = bodyEnd - bodyStart
  const start = bodyStart - prefixSize(length)
  let rest = length
  for (let index = start; index < bodyStart; index++, rest >>>= 7) {
    bytes[index] = index === bodyStart - 1 ? rest : (rest & 0x7f) | 0x80
  }
  return start
}

function prefixSize(length: number): number {
  let size = 1
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) size++
  return size
}
