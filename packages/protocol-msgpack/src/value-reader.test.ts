import { encode as libraryEncode } from '@msgpack/msgpack'
import { HubProtocolError } from '@signalbox/protocol'
import { expect } from 'chai'
import fc from 'fast-check'
import { MessagePackReader } from './messagepack-reader.js'
import { bytesOf } from './testing/frame.js'
import { anyValue, decode } from './testing/values.js'
import { maximumDepth, readValue } from './value-reader.js'

/** @source msgpack/msgpack: spec.md */
const values: readonly (readonly [hex: string, value: unknown])[] = [
  ['c0', null],
  ['c2', false],
  ['c3', true],
  ['00', 0],
  ['7f', 127],
  ['e0', -32],
  ['ff', -1],
  ['cc ff', 255],
  ['cd ff ff', 65_535],
  ['ce ff ff ff ff', 4_294_967_295],
  ['cf 00 00 00 01 00 00 00 00', 4_294_967_296],
  ['d0 80', -128],
  ['d1 80 00', -32_768],
  ['d2 80 00 00 00', -2_147_483_648],
  ['d3 ff ff ff ff 7f ff ff ff', -2_147_483_649],
  ['d3 00 00 00 00 00 00 00 2a', 42],
  ['ca 3f c0 00 00', 1.5],
  ['cb 3f f8 00 00 00 00 00 00', 1.5],
  ['cb 7f f8 00 00 00 00 00 00', Number.NaN],
  ['cb ff f0 00 00 00 00 00 00', Number.NEGATIVE_INFINITY],
  ['a0', ''],
  ['a3 61 62 63', 'abc'],
  ['a5 c3 a9 e2 82 ac', 'é€'],
  ['a4 f0 9f 98 80', '😀'],
  ['a3 ef bb bf', '\ufeff'],
  ['d9 01 61', 'a'],
  ['da 00 01 61', 'a'],
  ['db 00 00 00 01 61', 'a'],
  ['a2 c3 28', '\ufffd('],
  ['a3 e2 82 28', '\ufffd('],
  ['c4 02 01 02', new Uint8Array([1, 2])],
  ['c5 00 01 ff', new Uint8Array([255])],
  ['c6 00 00 00 00', new Uint8Array()],
  ['90', []],
  ['92 01 91 02', [1, [2]]],
  ['dc 00 01 c0', [null]],
  ['dd 00 00 00 01 c0', [null]],
  ['80', {}],
  ['82 a1 61 01 a1 62 81 a1 63 02', { a: 1, b: { c: 2 } }],
  ['de 00 01 a1 61 c0', { a: null }],
  ['df 00 00 00 01 a1 61 c0', { a: null }],
  [
    '84 01 c2 ff c3 ca 3f c0 00 00 c0 cf 00 20 00 00 00 00 00 01 01',
    new Map<unknown, unknown>([
      [1, false],
      [-1, true],
      [1.5, null],
      [9007199254740993n, 1],
    ]),
  ],
  [
    '82 c3 01 c2 02',
    new Map([
      [true, 1],
      [false, 2],
    ]),
  ],
  ['81 d6 ff 58 ec 1c 80 01', new Map([[new Date('2017-04-11T00:00:00Z'), 1]])],
  [
    '83 a1 61 01 02 81 03 04 a9 5f 5f 70 72 6f 74 6f 5f 5f 05',
    new Map<unknown, unknown>([
      ['a', 1],
      [2, new Map([[3, 4]])],
      ['__proto__', 5],
    ]),
  ],
  ['82 01 a1 61 01 a1 62', new Map([[1, 'b']])],
  ['81 cb 7f f8 00 00 00 00 00 00 01', new Map([[Number.NaN, 1]])],
  ['81 a2 c3 a9 01', { é: 1 }],
  ['82 a1 61 01 a1 61 02', { a: 2 }],
  ['d6 ff 58 ec 1c 80', new Date('2017-04-11T00:00:00Z')],
  ['d7 ff 1d cd 65 00 58 ec 1c 80', new Date('2017-04-11T00:00:00.125Z')],
  ['c7 0c ff 1d cd 65 00 ff ff ff ff ff ff ff ff', new Date('1969-12-31T23:59:59.500Z')],
]

const refusals: readonly (readonly [name: string, hex: string])[] = [
  ['nothing', ''],
  ['the code that is never used', 'c1'],
  ['an integer cut short', 'cf 00 00 00 00 00 00 00'],
  ['a text cut short', 'a3 61 62'],
  ['a text of 4 GB', 'db ff ff ff ff 61'],
  ['binary data of 4 GB', 'c6 ff ff ff ff 61'],
  ['an array of 4 billion', 'dd ff ff ff ff 01'],
  ['a map of 4 billion', 'df ff ff ff ff a1 61 01'],
  ['an extension of 4 GB', 'c9 ff ff ff ff ff 00'],
  ['an array that ends early', '92 01'],
  ['a map that ends early', '81 a1 61'],
  ['nil as key', '81 c0 01'],
  ['nil as key behind a number', '82 01 01 c0 01'],
  ['an array as key', '81 90 01'],
  ['a map as key', '81 80 01'],
  ['bytes as key', '81 c4 01 01 01'],
  ['an extension as key that nobody knows', '81 d4 01 00 01'],
  ['a map with numbers as keys that ends early', '82 01 01'],
  ['an extension nobody knows', 'd6 01 00 00 00 00'],
  ['a timestamp of one byte', 'd4 ff 00'],
  ['a timestamp beyond all dates', 'c7 0c ff 00 00 00 00 7f ff ff ff ff ff ff ff'],
  ['a timestamp of the year 10000', 'c7 0c ff 00 00 00 00 00 00 00 3a ff f4 41 80'],
  ['a timestamp that its nanoseconds take to the year 10000', 'c7 0c ff 3b 9a ca 00 00 00 00 3a ff f4 41 7f'],
  ['a timestamp before the year 1', 'c7 0c ff 3b 9a c9 ff ff ff ff f1 88 6e 08 ff'],
]

describe('readValue', () => {
  for (const [hex, value] of values) {
    it(`reads ${hex}`, () => {
      expect(decode(bytesOf(hex))).to.deep.equal(value)
    })
  }

  for (const [name, hex] of refusals) {
    it(`refuses ${name}`, () => {
      expect(() => decode(bytesOf(hex))).to.throw(HubProtocolError)
    })
  }

  it('reads an integer as number up to 2^53-1 and as bigint beyond, also inside others', () => {
    for (const [hex, value] of [
      ['cf 00 1f ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
      ['d3 00 1f ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
      ['cf 00 20 00 00 00 00 00 00', 2n ** 53n],
      ['d3 00 20 00 00 00 00 00 01', 2n ** 53n + 1n],
      ['cf ff ff ff ff ff ff ff ff', 2n ** 64n - 1n],
      ['d3 ff e0 00 00 00 00 00 01', Number.MIN_SAFE_INTEGER],
      ['d3 ff e0 00 00 00 00 00 00', -(2n ** 53n)],
      ['d3 80 00 00 00 00 00 00 00', -(2n ** 63n)],
    ] as const) {
      expect(decode(bytesOf(hex)), hex).to.equal(value)
      expect(decode(bytesOf(`81 a1 61 91 ${hex}`)), hex).to.deep.equal({ a: [value] })
    }
  })

  it('reads a key called __proto__ as a property, and leaves the prototype alone', () => {
    const value = decode(bytesOf('82 a9 5f 5f 70 72 6f 74 6f 5f 5f 81 a1 61 01 a1 62 02')) as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype)
    expect(Object.keys(value)).to.deep.equal(['__proto__', 'b'])
    expect(value['a']).to.equal(undefined)
  })

  it('reads as many levels as .NET and no more', () => {
    for (const level of ['91', '81a161', '8101']) {
      expect(() => decode(bytesOf(`${level.repeat(maximumDepth)}c0`))).not.to.throw()
      expect(() => decode(bytesOf(`${level.repeat(maximumDepth + 1)}c0`)))
        .to.throw(HubProtocolError, 'exceeds the maximum depth allowed of 500')
        .with.property('exceptionType', 'InsufficientExecutionStackException')
    }
  })

  it('survives a million brackets', () => {
    expect(() => decode(Buffer.alloc(1_000_000, 0x91))).to.throw(HubProtocolError)
  })

  it('does not allot what nested arrays announce', () => {
    const announcesMegabytes = Buffer.from('dd00080000'.repeat(maximumDepth), 'hex')
    const bytes = Buffer.concat([announcesMegabytes, Buffer.alloc(0x80000, 0xc1)])
    const before = process.memoryUsage().heapUsed
    expect(() => decode(bytes)).to.throw(HubProtocolError)
    expect(process.memoryUsage().heapUsed - before).to.be.lessThan(100_000_000)
  })

  it('hands out copies of binary data, of their own memory', () => {
    const bytes = bytesOf('c4 02 01 02')
    const value = decode(bytes) as Uint8Array
    bytes.fill(0xff)
    expect(value).to.deep.equal(new Uint8Array([1, 2]))
    expect(value.buffer.byteLength).to.equal(2)
  })

  it('reads whatever the library writes', () => {
    fc.assert(
      fc.property(anyValue, value => {
        expect(decode(Buffer.from(libraryEncode(value)))).to.deep.equal(plusZero(value))
      }),
      { seed: 4, numRuns: 500 },
    )
  }).timeout(10_000)

  it('throws nothing but HubProtocolError on garbage', () => {
    const reader = new MessagePackReader()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), garbage => {
        const bytes = Buffer.concat([bytesOf('93'), garbage])
        reader.open(bytes, 0, bytes.length)
        try {
          readValue(reader)
        } catch (error) {
          if (!(error instanceof HubProtocolError)) throw error
        }
      }),
      { seed: 5, numRuns: 5_000 },
    )
  }).timeout(10_000)
})

/** MessagePack integers know no minus zero. */
function plusZero(value: unknown): unknown {
  if (Object.is(value, -0)) return 0
  if (Array.isArray(value)) return value.map(plusZero)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plusZero(member)]))
}
