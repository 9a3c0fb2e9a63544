import { expect } from 'chai'
import fc from 'fast-check'
import { MessagePackReader } from '../messagepack-reader.js'
import { MessagePackWriter } from '../messagepack-writer.js'
import { readValue } from '../value-reader.js'
import { writeValue } from '../value-writer.js'

/** Reads one value and expects nothing behind it. */
export function decode(bytes: Buffer): unknown {
  const reader = new MessagePackReader()
  reader.open(bytes, 0, bytes.length)
  const value = readValue(reader)
  expect(() => reader.readCode(), 'bytes behind the value').to.throw('past the end')
  return value
}

/** The bytes of one value alone. */
export function encode(value: unknown): Buffer {
  const writer = new MessagePackWriter()
  writer.begin()
  writeValue(writer, value)
  const message = writer.finish()
  // The length in front ends with the first byte whose top bit is not set.
  return message.subarray(message.findIndex(byte => byte < 0x80) + 1)
}

/**
 * Values the library and this package have in common: no whole numbers beyond 2^53, no times beyond those of .NET, and
 * nothing that comes back as something else.
 */
export const anyValue = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme-ascii', minLength: 20, maxLength: 300 }),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double().filter(value => !Number.isInteger(value) || Number.isSafeInteger(value)),
    fc.uint8Array(),
    fc.date({ noInvalidDate: true, min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      fc.string().filter(key => key !== '__proto__'),
      tie('value'),
      { maxKeys: 20 },
    ),
  ),
})).value
