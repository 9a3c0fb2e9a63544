import { z } from 'zod'
import { int, jsonObject, nullableText } from './clr-types.js'

/** Missing properties get .NET's defaults. */
export const customObject = jsonObject({ Name: nullableText.default(null), Value: int.default(0) })

export type CustomObject = z.output<typeof customObject>

export const complexObject = jsonObject({
  ByteArray: z.base64().nullable().default(null),
  // .NET writes a time without a fraction that is zero.
  DateTime: z.iso
    .datetime({ offset: true, local: true })
    .transform(time => time.replace(/\.0+(?!\d)/, ''))
    .default('0001-01-01T00:00:00'),
  Guid: z.guid().toLowerCase().default('00000000-0000-0000-0000-000000000000'),
  IntArray: z.array(int).nullable().default(null),
  String: nullableText.default(null),
})

export type ComplexObject = z.output<typeof complexObject>

export const sampleComplexObject: ComplexObject = {
  ByteArray: Buffer.from([1, 2, 3]).toString('base64'),
  DateTime: '2000-01-01T00:00:00Z',
  Guid: '00010203-0405-0607-0706-050403020100',
  IntArray: [1, 2, 3],
  String: 'hello world',
}
