/**
 * What `buffer.toString(encoding, start, end)` and `buffer.write(text, offset, encoding)` call in the end. Every
 * Node.js has these methods, `@types/node` does not; calling them spares the argument checks, a third of the cost of a
 * short string.
 */
export interface NativeBuffer extends Buffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  /** Writes what fits and never half a character. @returns the number of bytes written. */
  utf8Write(text: string, offset: number): number
}
