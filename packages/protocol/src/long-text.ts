import { backslash, space } from './json-bytes.js'

/**
 * Whether a stretch of JSON text holds a backslash or a control character; bytes of UTF-8 above ASCII pass.
 * Looks at four bytes at a time, which takes a sixth of a loop over bytes: worth it from some hundred bytes on.
 */
export function hasEscapeOrControl(bytes: Buffer, start: number, end: number): boolean {
  const misaligned = (bytes.byteOffset + start) & 3
  const wordsStart = misaligned === 0 ? start : Math.min(start + 4 - misaligned, end)
  // Two words a turn, so the rest may be up to seven bytes.
  const wordsEnd = wordsStart + ((end - wordsStart) & ~7)
  return (
    hasSpecialByte(bytes, start, wordsStart) ||
    hasSpecialWord(new Int32Array(bytes.buffer, bytes.byteOffset + wordsStart, (wordsEnd - wordsStart) >> 2)) ||
    hasSpecialByte(bytes, wordsEnd, end)
  )
}

function hasSpecialByte(bytes: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!
    if (byte < space || byte === backslash) return true
  }
  return false
}

/**
 * Subtracting 0x20 from a byte below it, or 1 from a zero byte (one that equalled the backslash before the XOR), sets its
 * top bit; `& ~word` takes out bytes that had it already. A borrow can only reach the byte above a true hit.
 */
function hasSpecialWord(words: Int32Array): boolean {
  for (let index = 0; index < words.length; index += 2) {
    const one = words[index]!
    const two = words[index + 1]!
    const hits =
      (((one - 0x20202020) | ((one ^ 0x5c5c5c5c) - 0x01010101)) & ~one) |
      (((two - 0x20202020) | ((two ^ 0x5c5c5c5c) - 0x01010101)) & ~two)
    if ((hits & 0x80808080) !== 0) return true
  }
  return false
}
