/** As much as Node's own pool has: a piece that is kept for long keeps no more alive than any small Buffer does. */
const slabBytes = 8 * 1024
/** UTF-8 takes up to three bytes for a UTF-16 unit. */
const longestInSlab = slabBytes / 6

let slab = Buffer.allocUnsafeSlow(slabBytes)
let used = 0

/** `Buffer.from(text)`, except that a short text is encoded without being measured first. */
export function encodeUtf8(text: string): Buffer {
  if (text.length > longestInSlab) return Buffer.from(text)
  if (used + 3 * text.length > slabBytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    used = 0
  }
  const start = used
  used += slab.write(text, start)
  return slab.subarray(start, used)
}
