import { expect } from 'chai'
import { writeValue } from './json-value-writer.js'
import { PreciseDate } from './precise-date.js'

/** In the forms in which a value may stand: alone, in an array, in an object. */
function expectText(value: unknown, text: string): void {
  expect(writeValue(value)).to.equal(text)
  expect(writeValue([value])).to.equal(`[${text}]`)
  expect(writeValue({ a: { b: value } })).to.equal(`{"a":{"b":${text}}}`)
}

describe('writeValue of JSON', () => {
  it('writes a date as .NET does', () => {
    for (const [date, text] of [
      ['2000-01-01T00:00:00.000Z', '2000-01-01T00:00:00Z'],
      ['2000-01-01T00:00:00.120Z', '2000-01-01T00:00:00.12Z'],
      ['2000-01-01T00:00:00.100Z', '2000-01-01T00:00:00.1Z'],
      ['2000-01-01T00:00:00.001Z', '2000-01-01T00:00:00.001Z'],
      ['2000-01-01T00:00:10.000Z', '2000-01-01T00:00:10Z'],
      ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
      ['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00Z'],
    ] as const) {
      expectText(new Date(date), `"${text}"`)
    }
    expectText(new Date(Number.NaN), 'null')
  })

  it('leaves a text alone that looks like a date', () => {
    const text = '2000-01-01T00:00:00.000Z'
    expect(writeValue({ text, date: new Date(text) })).to.equal(`{"text":"${text}","date":"2000-01-01T00:00:00Z"}`)
    expectText(`+010000-${text}`, `"+010000-${text}"`)
  })

  it('refuses a date in a year that .NET does not have', () => {
    for (const text of ['+010000-01-01T00:00:00.001Z', '-000001-12-31T23:59:59.999Z', '0000-12-31T23:59:59.999Z'])
      for (const value of [new Date(text), { a: [new Date(text)] }])
        expect(() => writeValue(value)).to.throw(RangeError, text)
  })

  it('asks a date for its text that has a toJSON of its own', () => {
    class Day extends Date {
      override toJSON(): string {
        return this.toISOString().slice(0, 10)
      }
    }
    expectText([new Day('2000-01-01'), new Date(0)], '["2000-01-01","1970-01-01T00:00:00Z"]')
  })

  it('keeps the ticks of a time that a toJSON returns', () => {
    const date = new PreciseDate(Date.parse('2000-01-01T00:00:00.120Z'), 34)
    expectText({ toJSON: () => date }, '"2000-01-01T00:00:00.1200034Z"')
  })

  it('writes a bigint as number, with all its digits', () => {
    for (const value of [0n, 9007199254740993n, -(2n ** 63n), 2n ** 64n]) expectText(value, String(value))
    expectText(Object(1n), '1')
    expectText(
      { list: [1, '"', { big: 2n ** 53n + 1n, no: undefined }], yes: true },
      '{"list":[1,"\\"",{"big":9007199254740993}],"yes":true}',
    )
  })

  it('writes a bigint as its toJSON says, where an application has given all one', () => {
    const prototype = BigInt.prototype as { toJSON?: () => string }
    prototype.toJSON = function () {
      return String(this)
    }
    try {
      expectText(1n, '"1"')
      expectText([new Date(0), 1n], '["1970-01-01T00:00:00Z","1"]')
    } finally {
      delete prototype.toJSON
    }
  })

  it('writes a Map as object, with the keys that .NET writes', () => {
    const map = new Map<unknown, unknown>([
      ['text', 1],
      [1, 'a'],
      [-2, new Map([[3n, null]])],
      [true, undefined],
      [false, 'b'],
      [new Date('2000-01-01T00:00:00Z'), 'c'],
      [new URL('http://a/b'), 'd'],
    ])
    expectText(map, '{"text":1,"1":"a","-2":{"3":null},"False":"b","2000-01-01T00:00:00Z":"c","http://a/b":"d"}')
    expectText(new Map(), '{}')
    expectText(new Map([['__proto__', 1]]), '{"__proto__":1}')
  })

  it('writes the keys of doubles as .NET does', () => {
    for (const [key, text] of [
      [1.5, '1.5'],
      [1e15, '1000000000000000'],
      [1e16, '10000000000000000'],
      [12345678901234568, '12345678901234568'],
      [1e17, '1E+17'],
      [123456789012345680000, '1.2345678901234568E+20'],
      [1e100, '1E+100'],
      [0.0001, '0.0001'],
      [0.00012345, '0.00012345'],
      [0.00001, '1E-05'],
      [0.000099, '9.9E-05'],
      [-1.5e-6, '-1.5E-06'],
      [5e-324, '5E-324'],
      [Number.NaN, 'NaN'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
    ] as const) {
      expect(writeValue(new Map([[key, 0]]))).to.equal(`{"${text}":0}`)
    }
  })

  it('refuses a key that no dictionary has on the wire', () => {
    for (const key of [null, undefined, {}, [], new Uint8Array(1), Symbol('s'), new Date(Number.NaN)])
      expect(() => writeValue(new Map([[key, 1]])), String(key)).to.throw(TypeError, 'as key cannot be sent')
  })

  it('writes a Set as array', () => {
    expectText(new Set([1, undefined, new Set(['a'])]), '[1,null,["a"]]')
    expectText(new Set(), '[]')
  })

  it('writes what JSON.stringify writes beside what it cannot', () => {
    const others = [
      null,
      true,
      1.5,
      Number.NaN,
      -0,
      'é\ud800"',
      [undefined, () => 1, Symbol('s')],
      { undefined: undefined, f: () => 1, [Symbol('s')]: 1, 'ke"y': {} },
      new Boolean(false),
      new Number(1),
      new String('a'),
      new URL('http://a/b'),
      new Error('lost'),
      Object.assign(Object.create(null), { a: 1 }),
      { toJSON: (key: string) => ({ key, toJSON: 1 }) },
      { nested: { toJSON: (key: string) => key } },
      [{ toJSON: (key: string) => key }],
      Object.assign(() => 1, { toJSON: () => 'a function' }),
    ]
    const expected = JSON.stringify(others).replaceAll('\\ud800', '\\uFFFD')
    expect(writeValue([others, 1n])).to.equal(`[${expected},1]`)
  })

  it('survives what is deep', () => {
    let value: unknown = 1n
    for (let level = 0; level < 100_000; level++) value = [value]
    expect(() => writeValue(value)).to.throw(TypeError, 'more than 500 levels')
  })
})
