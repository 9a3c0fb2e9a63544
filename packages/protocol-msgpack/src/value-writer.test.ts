import { Decoder, encode as libraryEncode } from '@msgpack/msgpack'
import { expect } from 'chai'
import fc from 'fast-check'
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
    const borders = [0, 2 ** 5, 2 ** 7, 2 ** 8, 2 ** 15, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 53]
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

  it('writes numbers that are no safe integers as float64', () => {
    for (const [value, hex] of [
      [2 ** 53, 'cb4340000000000000'],
      [-(2 ** 53), 'cbc340000000000000'],
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
    for (const value of [2n ** 64n, -(2n ** 63n) - 1n]) expect(() => encode(value)).to.throw(RangeError)
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

  it('writes undefined as nil, in objects and empty slots too', () => {
    expect(encode(undefined).toString('hex')).to.equal('c0')
    expect(encode({ a: undefined }).toString('hex')).to.equal('81a161c0')
    expect(encode(new Array(2)).toString('hex')).to.equal('92c0c0')
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

  it('refuses functions and symbols', () => {
    for (const value of [() => 1, Symbol('s'), { nested: [() => 1] }]) expect(() => encode(value)).to.throw(TypeError)
  })

  it('refuses a value that contains itself', () => {
    const array: unknown[] = []
    array.push({ array })
    expect(() => encode(array)).to.throw(TypeError, 'more than 500 levels')
  })

  it('writes as many levels as it reads', () => {
    let value: unknown = null
    for (let level = 0; level < maximumDepth; level++) value = [value]
    expect(decode(encode(value))).to.deep.equal(value)
    expect(() => encode([value])).to.throw(TypeError)
    expect(() => encode({ value })).to.throw(TypeError)
  })
})
