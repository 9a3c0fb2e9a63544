import { readAll, refusalOf } from '@signalbox/conformance'
import { expect } from 'chai'
import fc from 'fast-check'
import { HubProtocolError, JsonHubProtocol } from './index.js'
import { record } from './testing/json-vectors.js'

const protocol = new JsonHubProtocol()

/** The value of a JSON text as it arrives as argument. */
function argument(json: string): unknown {
  const [message] = readAll(protocol, record(`{"type":1,"target":"M","arguments":[${json}]}`))
  return message?.type === 1 ? message.arguments[0] : expect.fail('no call')
}

/** In the forms in which a number may stand: alone, in an array, in an object. */
function expectNumber(literal: string, value: number | bigint): void {
  expect(argument(literal)).to.equal(value)
  expect(argument(`[ ${literal} ]`)).to.deep.equal([value])
  expect(argument(`{"a":[{"b":${literal}}]}`)).to.deep.equal({ a: [{ b: value }] })
}

describe('an integer in JSON', () => {
  it('is a bigint where a number would not give it back digit for digit', () => {
    for (const literal of [
      '9007199254740993',
      '-9007199254740993',
      '9223372036854775807',
      '-9223372036854775808',
      '18446744073709551615',
      '1152921504606846976',
      '79228162514264337593543950335',
      `${2n ** 128n - 1n}`,
    ]) {
      expectNumber(literal, BigInt(literal))
    }
  })

  it('is a number where JavaScript writes it like that', () => {
    for (const value of [
      0,
      2 ** 53 - 1,
      2 ** 53,
      2 ** 53 + 2,
      -(2 ** 53),
      1e16,
      123456789012345680000,
      2 ** 60,
      1e21,
      1e22,
      2 ** 70,
    ])
      expectNumber(JSON.stringify(value), value)
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        expectNumber(JSON.stringify(value), JSON.parse(JSON.stringify(value)))
      }),
      { seed: 9 },
    )
  })

  it('is a number where it has a fraction or an exponent', () => {
    for (const literal of [
      '9007199254740993.0',
      '9007199254740993e0',
      '0.12345678901234567890',
      '1e+0000000000000000001',
      '-1.00000000000000000001E5',
    ])
      expectNumber(literal, Number(literal))
  })

  it('is a number where it is longer than any of .NET, as reading it would take long', () => {
    expectNumber('9'.repeat(41), 1e41)
    expectNumber('9'.repeat(30_000), Number.POSITIVE_INFINITY)
  })

  it('changes nothing around it', () => {
    const value = { a: [1, -0.5, true, false, null, 'é"\\\u0001😀'], '': {}, 'ké"y': [[]], __proto_: 1 }
    const json = JSON.stringify(value)
    expect(
      argument(`[9007199254740993,${json},${json.replaceAll(/([,:[\]{}])(?=["[{\]}\d])/g, ' $1\n')}]`),
    ).to.deep.equal([9007199254740993n, value, value])
    expect(argument('["\\ud800",9007199254740993,{"\\udc00":1}]')).to.deep.equal([
      '\ud800',
      9007199254740993n,
      { '\udc00': 1 },
    ])
    expect(argument('{"a":1,"b":9007199254740993,"a":2}')).to.deep.equal({ a: 2, b: 9007199254740993n })
  })

  it('is nothing but text within a text', () => {
    expect(argument('{"9007199254740993":"9007199254740993"}')).to.deep.equal({
      '9007199254740993': '9007199254740993',
    })
  })

  it('leaves a member called __proto__ a member', () => {
    const value = argument('{"__proto__":{"a":1},"n":9007199254740993}') as object
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype)
    expect(Object.keys(value)).to.deep.equal(['__proto__', 'n'])
  })

  it('ends the connection where the JSON around it is broken', () => {
    for (const json of [
      '[9007199254740993,]',
      '{"a":9007199254740993',
      '[9007199254740993}',
      '[09007199254740993]',
      '[9007199254740993 1]',
      '{9007199254740993:1}',
    ])
      expect(refusalOf(protocol, record(`{"type":1,"target":"M","arguments":[${json}]}`)), json).to.be.instanceOf(
        HubProtocolError,
      )
  })

  it('is a bigint in an item and in a result as well', () => {
    const [item, completion] = readAll(
      protocol,
      record(
        '{"type":2,"invocationId":"1","item":[9007199254740993]}\x1e{"type":3,"invocationId":"1","result":9007199254740993}',
      ),
    )
    expect(item).to.have.deep.property('item', [9007199254740993n])
    expect(completion).to.have.property('result', 9007199254740993n)
  })

  it('is passed on as it came', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 128n - 1n }), value => {
        const json = `{"type":1,"target":"M","arguments":[${value},{"a":[${value}]}]}\x1e`
        const [message] = readAll(protocol, Buffer.from(json))
        expect(protocol.writeMessage(message as Parameters<typeof protocol.writeMessage>[0]).toString()).to.equal(json)
      }),
      { seed: 10 },
    )
  })
})
