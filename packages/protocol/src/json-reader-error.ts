import { HubProtocolError } from './hub-protocol-error.js'

const lineFeed = 0x0a

/**
 * Broken JSON, in the words of System.Text.Json: they reach a client when its handshake fails and detailed errors are
 * on.
 */
export class JsonReaderError extends HubProtocolError {
  /** @param position - index of the offending byte; lines are counted from `start`, where the record begins. */
  constructor(text: string, bytes: Buffer, start: number, position: number) {
    let line = 0
    let lineStart = start
    for (let index = start; index < position; index++) {
      if (bytes[index] !== lineFeed) continue
      line++
      lineStart = index + 1
    }
    super(`${text} LineNumber: ${line} | BytePositionInLine: ${position - lineStart}.`, 'JsonReaderException')
  }
}

/** A byte as System.Text.Json shows it: the character, or hexadecimal where there is none to show. */
export function showByte(byte: number): string {
  if (byte >= 0x20 && byte < 0x7f) return `'${String.fromCharCode(byte)}'`
  return `'0x${byte.toString(16).toUpperCase().padStart(2, '0')}'`
}
