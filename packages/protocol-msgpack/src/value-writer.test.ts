import { Decoder, encode as libraryEncode } from '@msgpack/msgpack'
import { expect } from 'chai'
import fc from 'fast-check'
import { bytesOf } from './testing/frame.js'
import { anyValue, decode, encode } from './testing/values.js'
import { maximumDepth } from './value-reader.js'

describe('writeValue', () => {
  it('writes what the library writes, byte by byte', () => {
    fc.assert(
      fc.property(anyValue, value => {
        expect(encode(value).toString('hex')).to.equal(Buffer.from(libraryEncode(value)).toString('hex'))
      }),
      { seed: 6, numRuns: 1_000 },
    )
  }).timeout(10_000)

  it('writes integers in the smallest format on both sides of every border', () => {
    const borders = [0, 2 ** 5, 2 ** 7, 2 ** 8, 2 ** 15, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 53 - 2]
    for (const border of borders.flatMap(border => [border, -border])) {
      for (const value of [border - 1, border, border + 1]) {
        expect(encode(value).toString('hex'), `${value}`).to.equal(Buffer.from(libraryEncode(value)).toString('hex'))
      }
    }
  })

  it('writes arrays, maps, texts and binary data with the shortest length on both sides of every border', () => {
    for (const border of [16, 32, 256, 65_536]) {
      for (const length of [border - 1, border, border + 1]) {
        const array = new Array(length).fill(null)
        for (const value of [
          array,
          Object.fromEntries(array.entries()),
          'x'.repeat(length),
          `${'x'.repeat(length - 1)}é`,
          `é${'x'.repeat(length - 2)}`,
          '€'.repeat(length),
          new Uint8Array(length),
        ]) {
          expect(encode(value).equals(libraryEncode(value)), `${length} of ${typeof value}`).to.equal(true)
        }
      }
    }
  })

  it('writes every format correctly where the buffer has to grow for it', () => {
    const others = [
      200,
      60_000,
      100_000,
      2 ** 40,
      1.5,
      'x'.repeat(30),
      'é',
      null,
      new Uint8Array(3),
      new Date(0),
      {},
      [1],
    ]
    for (let filled = 4_000; filled < 4_100; filled++) {
      const value = [new Uint8Array(filled), ...others]
      expect(encode(value).equals(libraryEncode(value)), `${filled}`).to.equal(true)
    }
    for (const value of others) {
      const many = new Array(20_000).fill(value)
      expect(encode(many).equals(libraryEncode(many)), `${value}`).to.equal(true)
    }
  })

  it('writes a whole number as integer as long as 64 bits hold it, and every other number as float64', () => {
    for (const [value, hex] of [
      [2 ** 53, 'cf0020000000000000'],
      [-(2 ** 53), 'd3ffe0000000000000'],
      [2 ** 64 - 2048, 'cffffffffffffff800'],
      [-(2 ** 63), 'd38000000000000000'],
      [2 ** 64, 'cb43f0000000000000'],
      [-(2 ** 63) - 2048, 'cbc3e0000000000001'],
      [1e300, 'cb7e37e43c8800759c'],
      [Number.NaN, 'cb7ff8000000000000'],
      [Number.POSITIVE_INFINITY, 'cb7ff0000000000000'],
    ] as const) {
      expect(encode(value).toString('hex')).to.equal(hex)
    }
    expect(encode(-0).toString('hex')).to.equal('00')
  })

  it('writes a bigint as 64-bit integer', () => {
    for (const [value, hex] of [
      [0n, 'cf0000000000000000'],
      [2n ** 64n - 1n, 'cfffffffffffffffff'],
      [-1n, 'd3ffffffffffffffff'],
      [-(2n ** 63n), 'd38000000000000000'],
    ] as const) {
      expect(encode(value).toString('hex')).to.equal(hex)
    }
  })

  it('refuses a bigint that 64 bits cannot hold', () => {
    for (const value of [2n ** 64n, -(2n ** 63n) - 1n])
      expect(() => encode([value])).to.throw(RangeError, `${value} cannot be sent`)
    expect(() => encode(10n ** 60n)).to.throw(RangeError, 'A bigint of 61 digits cannot be sent')
  })

  it('reads back every integer of 64 bits, whole', () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    fc.assert(
      fc.property(integer, value => {
        const read = decode(encode({ nested: [value] })) as { nested: [number | bigint] }
        expect(BigInt(read.nested[0])).to.equal(value)
        expect(new Decoder({ useBigInt64: true }).decode(encode(value))).to.equal(value)
      }),
      { seed: 7 },
    )
  })

  it('writes integers above 2^32 as integers beside a bigint too', () => {
    expect(encode([2 ** 40, 1n]).toString('hex')).to.equal('92cf0000010000000000cf0000000000000001')
  })

  for (const [name, nothing] of Object.entries({
    undefined: undefined,
    'a function': () => 1,
    'a symbol': Symbol('s'),
  })) {
    it(`leaves ${name} out of an object and a Map, and writes nil for it elsewhere`, () => {
      expect(encode(nothing)).to.deep.equal(bytesOf('c0'))
      expect(encode([nothing, 1])).to.deep.equal(bytesOf('92 c0 01'))
      expect(encode({ a: nothing, b: 1, c: nothing })).to.deep.equal(bytesOf('81 a1 62 01'))
      expect(
        encode(
          new Map<number, unknown>([
            [1, nothing],
            [2, 3],
          ]),
        ),
      ).to.deep.equal(bytesOf('81 02 03'))
      expect(encode({ a: { toJSON: () => nothing } })).to.deep.equal(bytesOf('80'))
    })
  }

  it('writes nil for an empty slot', () => {
    expect(encode(new Array(2))).to.deep.equal(bytesOf('92 c0 c0'))
  })

  it('writes the right length where members are left out, on both sides of every border', () => {
    for (const border of [16, 65_536]) {
      for (const length of [border - 1, border, border + 1]) {
        const kept = Object.fromEntries(Array.from({ length }, (_, index) => [`k${index}`, index]))
        const read = decode(encode({ ...kept, left: undefined, out: () => 1 }))
        expect(Object.keys(read as object)).to.deep.equal(Object.keys(kept))
      }
    }
  })

  it('writes a Map with its own keys, and a Set as array', () => {
    const map = new Map<unknown, unknown>([
      [1, 'a'],
      [-1.5, 'b'],
      ['c', 2],
      [true, 3],
      [2n ** 63n, 4],
      [new Date('2017-04-11T00:00:00Z'), 5],
      [new URL('http://a/b'), 6],
    ])
    expect(encode(map)).to.deep.equal(
      bytesOf(`87 01 a1 61 cb bf f8 00 00 00 00 00 00 a1 62 a1 63 02 c3 03 cf 80 00 00 00 00 00 00 00 04
        d6 ff 58 ec 1c 80 05 aa 68 74 74 70 3a 2f 2f 61 2f 62 06`),
    )
    expect(encode(new Set([1, new Set(['a'])]))).to.deep.equal(bytesOf('92 01 91 a1 61'))
    expect(encode([new Map(), new Set()])).to.deep.equal(bytesOf('92 80 90'))
  })

  it('refuses a key that no dictionary has on the wire', () => {
    for (const key of [null, undefined, {}, [], new Uint8Array(1), Symbol('s'), new Date(Number.NaN)])
      expect(() => encode(new Map([[key, 1]])), String(key)).to.throw(TypeError, 'as key cannot be sent')
  })

  it('passes on a map as it came', () => {
    for (const hex of ['82 01 a1 61 02 a1 62', '82 c3 01 c2 02', '82 a1 61 01 02 81 cb 3f f8 00 00 00 00 00 00 c0'])
      expect(encode(decode(bytesOf(hex)))).to.deep.equal(bytesOf(hex))
  })

  it('writes an ArrayBuffer and every view of one as binary data', () => {
    const { buffer } = new Uint8Array([1, 2, 3, 4])
    for (const value of [buffer, Buffer.from(buffer), new DataView(buffer), new Uint16Array(buffer)]) {
      expect(encode(value).toString('hex')).to.equal('c40401020304')
    }
    expect(encode(new Uint8Array(buffer, 1, 2)).toString('hex')).to.equal('c4020203')
  })

  it('writes a date in the smallest timestamp', () => {
    for (const [date, hex] of [
      ['2017-04-11T00:00:00Z', 'd6ff58ec1c80'],
      ['2017-04-11T00:00:00.125Z', 'd7ff1dcd650058ec1c80'],
      ['1969-12-31T23:59:59.500Z', 'c70cff1dcd6500ffffffffffffffff'],
    ] as const) {
      expect(encode(new Date(date)).toString('hex')).to.equal(hex)
    }
  })

  it('writes an invalid date as nil, as JSON does', () => {
    expect(encode(new Date(Number.NaN)).toString('hex')).to.equal('c0')
  })

  it('writes half of a surrogate pair as U+FFFD', () => {
    expect(encode('\ud800').toString('hex')).to.equal('a3efbfbd')
    expect(
      encode(`${'x'.repeat(40)}\udc00`)
        .subarray(-3)
        .toString('hex'),
    ).to.equal('efbfbd')
  })

  it('refuses a value that contains itself', () => {
    const array: unknown[] = []
    array.push({ array })
    const map = new Map<number, unknown>()
    map.set(1, new Set([map]))
    for (const value of [array, map]) expect(() => encode(value)).to.throw(TypeError, 'more than 500 levels')
  })

  it('writes as many levels as it reads', () => {
    let value: unknown = null
    for (let level = 0; level < maximumDepth; level++) value = [value]
    expect(decode(encode(value))).to.deep.equal(value)
    expect(() => encode([value])).to.throw(TypeError)
    expect(() => encode({ value })).to.throw(TypeError)
  })
})
