const dateToJson = Date.prototype.toJSON

/** What a value may have to say what is written in its place. */
interface WithToJson {
  toJSON?: unknown
}

/**
 * What `JSON.stringify` writes in the place of an object: what its `toJSON` returns, and the primitive in a box. It is
 * the same in every protocol. A `Date` stands for itself, unless it has a `toJSON` of its own: its text is .NET's, not
 * that of JavaScript.
 * @param key - name or index of the value within what holds it, empty for an argument, item or result.
 * @throws whatever `toJSON` throws.
 */
export function standIn(value: object, key: string | number): unknown {
  const { toJSON } = value as WithToJson
  const isAsked = typeof toJSON === 'function' && toJSON !== dateToJson
  const result: unknown = isAsked ? toJSON.call(value, String(key)) : value
  return isBox(result) ? result.valueOf() : result
}

function isBox(value: unknown): value is number | string | boolean | bigint {
  return value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt
}

/** Bytes are base64 in JSON and binary data in MessagePack, whatever kind of view they have. */
export function isBytes(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer
}

/** @returns the same memory. */
export function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value)
}
