import { z } from 'zod'
import { ClrDateTime } from './clr-date-time.js'
import { clrObject, int, nullableText } from './clr-types.js'

/** Missing properties get .NET's defaults. */
export const customObject = clrObject({ Name: nullableText.default(null), Value: int.default(0) })

export type CustomObject = z.output<typeof customObject>

// Bytes and times come as text in JSON, and as what they are in MessagePack, a time with all its ticks.
const bytes = z.union([z.base64().transform(text => Buffer.from(text, 'base64')), z.instanceof(Uint8Array)])
const dateTime = z.union([
  z.iso.datetime({ offset: true, local: true }).transform(text => new ClrDateTime(text)),
  z.date(),
])

export const complexObject = clrObject({
  ByteArray: bytes.nullable().default(null),
  DateTime: dateTime.default(() => new ClrDateTime('0001-01-01T00:00:00')),
  Guid: z.guid().toLowerCase().default('00000000-0000-0000-0000-000000000000'),
  IntArray: z.array(int).nullable().default(null),
  String: nullableText.default(null),
})

export type ComplexObject = z.output<typeof complexObject>

export const sampleComplexObject: ComplexObject = {
  ByteArray: Uint8Array.of(1, 2, 3),
  DateTime: new Date('2000-01-01T00:00:00Z'),
  Guid: '00010203-0405-0607-0706-050403020100',
  IntArray: [1, 2, 3],
  String: 'hello world',
}
