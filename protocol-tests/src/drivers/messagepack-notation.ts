import { toHex } from './hub-message-stream.js'

/**
 * A MessagePack hub message written by hand: bytes in hex, strings in double quotes. The result is the framed message
 * in hex. `messagePack('95 03 80 "7" 03 "x"')` is `08 95 03 80 a1 37 03 a1 78`, the Completion of call 7 with the
 * result x.
 */
export function messagePack(notation: string): string {
  const body = [...notation.matchAll(/"([^"]*)"|[0-9a-f]{2}/g)].flatMap(([hex, text]) =>
    text === undefined ? [Number.parseInt(hex, 16)] : stringBytes(text),
  )
  return toHex(Uint8Array.from([...lengthPrefix(body.length), ...body]))
}

/** fixstr, str8 or str16: whatever is shortest, as every writer chooses. */
export function stringBytes(text: string): number[] {
  const bytes = [...Buffer.from(text, 'utf8')]
  const { length } = bytes
  if (length < 32) return [0xa0 | length, ...bytes]
  if (length < 0x100) return [0xd9, length, ...bytes]
  return [0xda, length >> 8, length & 0xff, ...bytes]
}

/** Seven bits to a byte, the lowest first. */
function lengthPrefix(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, ...lengthPrefix(length >> 7)]
}
