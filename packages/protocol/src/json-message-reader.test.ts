import { readAll, refusalOf } from '@signalbox/conformance'
import { expect } from 'chai'
import type { HubMessage } from './hub-message.js'
import { JsonHubProtocol } from './json-hub-protocol.js'
import { record } from './testing/json-vectors.js'

const protocol = new JsonHubProtocol()

/**
 * Records ASP.NET Core 10.0.12 refuses, and its words.
 * @source Observed: Microsoft.AspNetCore.SignalR.Protocol.JsonHubProtocol of ASP.NET Core 10.0.12
 */
const refusals: readonly (readonly [json: string, error: string])[] = [
  ['5', "InvalidDataException: Unexpected JSON Token Type 'Number'. Expected a JSON Object."],
  ['"x"', "InvalidDataException: Unexpected JSON Token Type 'String'. Expected a JSON Object."],
  ['null', "InvalidDataException: Unexpected JSON Token Type 'Null'. Expected a JSON Object."],
  ['truex', "InvalidDataException: Unexpected JSON Token Type 'True'. Expected a JSON Object."],
  ['{"type":null}', "InvalidDataException: Expected 'type' to be of type Number."],
  ['{"type":6,"type":null}', "InvalidDataException: Expected 'type' to be of type Number."],
  [
    '{"type":1.0}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  ],
  [
    '{"type":1e0}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  ],
  [
    '{"type":2147483648}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  ],
  [
    '{"type":99999999999999999999}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  ],
  [
    '{"type":8,"sequenceId":9223372036854775808}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int64.',
  ],
  [
    '{"type":8,"sequenceId":1.0}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int64.',
  ],
  ['{"type":8,"sequenceId":"1"}', "InvalidDataException: Expected 'sequenceId' to be of type Number."],
  ['{"type":8}', "InvalidDataException: Missing required property 'sequenceId'."],
  ['{"type":8,"sequenceId":null}', "InvalidDataException: Missing required property 'sequenceId'."],
  ['{"type":9,"sequenceId":1,"sequenceId":null}', "InvalidDataException: Missing required property 'sequenceId'."],
  ['{"type":4}', "InvalidDataException: Missing required property 'target'."],
  ['{"type":4,"target":"a"}', "InvalidDataException: Missing required property 'invocationId'."],
  [
    '{"type":4,"invocationId":"","target":"a","arguments":[]}',
    "InvalidDataException: Missing required property 'invocationId'.",
  ],
  ['{"type":4,"invocationId":"1","target":"a"}', "InvalidDataException: Missing required property 'arguments'."],
  ['{"type":2}', "InvalidDataException: Missing required property 'invocationId'."],
  ['{"type":2,"item":1}', "InvalidDataException: Missing required property 'invocationId'."],
  ['{"type":3,"error":"a","result":1}', "InvalidDataException: Missing required property 'invocationId'."],
  ['{"type":3,"invocationId":"","result":1}', "InvalidDataException: Missing required property 'invocationId'."],
  [
    '{"type":3,"invocationId":"1","error":"","result":null}',
    "InvalidDataException: The 'error' and 'result' properties are mutually exclusive.",
  ],
  ['{"type":5}', "InvalidDataException: Missing required property 'invocationId'."],
  ['{"type":5,"invocationId":""}', "InvalidDataException: Missing required property 'invocationId'."],
  ['{"type":7,"error":null}', "InvalidDataException: Expected 'error' to be of type String."],
  ['{"type":7,"allowReconnect":null}', "InvalidDataException: Expected 'allowReconnect' to be true or false."],
  ['{"type":7,"allowReconnect":"true"}', "InvalidDataException: Expected 'allowReconnect' to be true or false."],
  ['{"type":6,"target":null}', "InvalidDataException: Expected 'target' to be of type String."],
  ['{"type":99,"target":1}', "InvalidDataException: Expected 'target' to be of type String."],
  ['{"type":6,"arguments":null}', "InvalidDataException: Expected 'arguments' to be of type Array."],
  ['{"type":6,"invocationId":{}}', "InvalidDataException: Expected 'invocationId' to be of type String."],
  ['{"type":6,"headers":null}', "InvalidDataException: Expected 'headers' to be of type StartObject."],
  ['{"type":6,"headers":{"a\\n":1}}', "InvalidDataException: Expected header 'a\n' to be of type String."],
  ['{"type":6,"headers":{"a":null}}', "InvalidDataException: Expected header 'a' to be of type String."],
  ['{"type":6,"streamIds":null}', "InvalidDataException: Expected 'streamIds' to be of type Array."],
  ['{"type":6,"streamIds":[null]}', "InvalidDataException: Null value for 'streamIds' is not valid."],
  [
    '{"type":6,"streamIds":[1]}',
    "InvalidOperationException: Cannot get the value of a token type 'Number' as a string.",
  ],
  [
    '{"type":6,"streamIds":[{}]}',
    "InvalidOperationException: Cannot get the value of a token type 'StartObject' as a string.",
  ],
  [
    '{"type":6,"target":"\\ud800"}',
    'InvalidOperationException: Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.',
  ],
  [
    '{"type":6,"target":"\\udc00"}',
    "InvalidOperationException: Cannot read invalid UTF-16 JSON text as string. Invalid surrogate value: '0xDC00'.",
  ],
]

/** Broken JSON, each in another way. */
const broken: readonly string[] = [
  ...[
    '{"type":6',
    '{"type":6,}',
    '{"type" 6}',
    '{type:6}',
    '{"type":}',
    '{,}',
    '{"a":1 "type":6}',
    '{"a":tru,"type":6}',
  ],
  ...[
    '{"type":06}',
    '{"a":-,"type":6}',
    '{"a":1.,"type":6}',
    '{"a":1e,"type":6}',
    '{"a":1x,"type":6}',
    '{"a":+1,"type":6}',
  ],
  ...['{"a":"\\x","type":6}', '{"a":"\\u12g4","type":6}', '{"a":"\t","type":6}', '{"a":"', '{"a":"\\', '{"a":"\\u00'],
  ...[
    '{"type":6,"arguments":[1,]}',
    '{"type":6,"arguments":[01]}',
    '{"type":6,"arguments":[nul]}',
    '{"type":6,"arguments":[',
  ],
  ...['{"type":6,"arguments":[{"a":1,}]}', '{"type":6,"arguments":[{"a":[}]]}', '{"type":6,"arguments":[{"a":"\n"}]}'],
  ...['{"type":6,"streamIds":["a",]}', '{"type":6,"headers":{"a":"b",}}', '{"type":6,"target":nul}', '/**/{"type":6}'],
  ...['\ufeff{"type":6}', '{"x":[1}', '{"x":{]}', '   '],
]

const ping: HubMessage = { type: 6 }

describe('readMessage', () => {
  for (const [json, error] of refusals) {
    it(`refuses ${json} as .NET does`, () => {
      const refusal = refusalOf(protocol, record(json))
      expect(`${refusal?.exceptionType}: ${refusal?.message}`).to.equal(error)
    })
  }

  for (const json of broken) {
    it(`calls ${JSON.stringify(json)} broken JSON`, () => {
      expect(refusalOf(protocol, record(json))?.message).to.equal('Error reading JSON.')
    })
  }

  it('refuses bytes that are no UTF-8 where they are read, and skips them where they are not', () => {
    const invalid = (before: string, after: string) =>
      Buffer.concat([Buffer.from(before), Buffer.of(0xff), record(after)])
    for (const before of ['{"target":"', '{"arguments":["', '{"result":{"a":"', `{"arguments":["${'a'.repeat(500)}`]) {
      const refusal = refusalOf(protocol, invalid(before, '"'.padEnd(2, '}')))
      expect(refusal, before).to.be.instanceOf(Error)
    }
    expect(readAll(protocol, invalid('{"x":"', '","type":6}'))).to.deep.equal([ping])
  })

  it('reads any Unicode text', () => {
    const texts = ['é', 'Привет', '日本語', '😀', '\u2028', '\ufffd', 'a\u0000b', '"\\/\b\f\n\r\t', '', ' ', '\ufeff']
    for (const text of texts) {
      const message = {
        type: 3,
        headers: { [text]: text },
        invocationId: `${text}!`,
        error: undefined,
        hasResult: true,
        result: text,
      }
      expect(readAll(protocol, record(JSON.stringify(message))), text).to.deep.equal([message])
    }
  })

  it('compares names after unescaping, and with their case', () => {
    expect(readAll(protocol, record('{"\\u0074yp\\u0065":6}'))).to.deep.equal([ping])
    expect(readAll(protocol, record('{"type":6,"TYPE":7,"Target":1,"types":{},"typ":[]}'))).to.deep.equal([ping])
  })

  it('lets the last of two members win', () => {
    const json = '{"type":6,"headers":{"a":"1","a":"2","__proto__":"3"},"type":5,"invocationId":"1","invocationId":"2"}'
    const [message] = readAll(protocol, record(json))
    expect(message).to.include({ type: 5, invocationId: '2' })
    expect(message).to.have.property('headers').that.has.all.keys('a', '__proto__')
  })

  it('skips unknown members whatever their value', () => {
    const values = [
      'null',
      'true',
      'false',
      '-0',
      '1.5e-3',
      '12345678901234567890',
      '"\\ud800"',
      '{"type":{"a":[]}}',
      '[[],{},""]',
    ]
    for (const value of values) {
      expect(readAll(protocol, record(`{"x":${value},"type":6,"y":${value}}`)), value).to.deep.equal([ping])
    }
  })

  it('ignores what stands between the end of the object and the separator', () => {
    for (const tail of ['x', '}', '{"type":7}', ' ', '"', '\u00ff']) {
      expect(readAll(protocol, record(`{"type":6}${tail}`)), tail).to.deep.equal([ping])
    }
  })

  it('takes white space anywhere between tokens', () => {
    const json =
      ' {\t"type"\n:\r1 , "target" : "M" , "arguments" : [ 1 , [ 2 ] , { } , "a" , null ] , "streamIds" : [ ] } '
    const [message] = readAll(protocol, record(json))
    expect(message).to.deep.include({ type: 1, arguments: [1, [2], {}, 'a', null], streamIds: [] })
  })

  it('skips messages of unknown type and goes on with the next', () => {
    const bytes = record('{"type":99,"x":1}\x1e{"type":0}\x1e{"type":-1}\x1e{"type":6}')
    expect(readAll(protocol, bytes)).to.deep.equal([ping])
  })

  it('takes an empty invocation id for none where none is needed', () => {
    const [message] = readAll(protocol, record('{"type":1,"invocationId":"","target":"","arguments":[]}'))
    expect(message).to.include({ invocationId: undefined, target: '' })
  })

  it('leaves the empty id of a stream item to the hub', () => {
    const [message] = readAll(protocol, record('{"type":2,"invocationId":"","item":1}'))
    expect(message).to.include({ invocationId: '', item: 1 })
  })

  it('keeps an empty error', () => {
    const messages = readAll(protocol, record('{"type":7,"error":""}\x1e{"type":3,"invocationId":"1","error":""}'))
    expect(messages.map(message => 'error' in message && message.error)).to.deep.equal(['', ''])
  })

  it('reads numbers as JSON.parse does', () => {
    const numbers = ['0', '-0', '7', '-7', '999999999999999', '1.5', '-1e3', '1E+2', '1e-2', '0.1e400']
    const [message] = readAll(protocol, record(`{"type":1,"target":"M","arguments":[${numbers}]}`))
    const values = message?.type === 1 ? message.arguments : []
    expect(values.length).to.equal(numbers.length)
    numbers.forEach((number, index) => {
      expect(Object.is(values[index], JSON.parse(number)), number).to.equal(true)
    })
  })

  it('reads sequence ids over the whole range of an Int64', () => {
    const ids = ['0', '-1', '9007199254740991', '9223372036854775807', '-9223372036854775808']
    const messages = readAll(protocol, Buffer.concat(ids.map(id => record(`{"type":8,"sequenceId":${id}}`))))
    expect(messages).to.deep.equal(ids.map(id => ({ type: 8, sequenceId: Number(id) })))
  })

  it('allows 64 levels, the envelope included', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    const inArguments = (levels: number) => record(`{"type":1,"target":"M","arguments":[${nested(levels)}]}`)
    expect(readAll(protocol, inArguments(62))).to.have.lengthOf(1)
    expect(refusalOf(protocol, inArguments(63))?.message).to.equal('Error reading JSON.')
    expect(readAll(protocol, record(`{"type":6,"x":${nested(63)}}`))).to.deep.equal([ping])
    expect(refusalOf(protocol, record(`{"type":6,"x":${nested(64)}}`))?.message).to.equal('Error reading JSON.')
    expect(refusalOf(protocol, record(`{"type":6,"x":${'['.repeat(100_000)}`))?.message).to.equal('Error reading JSON.')
  })

  it('reads on behind a refused record', () => {
    const bytes = record('{"type":\x1e{"type":6}')
    const cursor = { bytes, offset: 0, end: bytes.length }
    expect(() => protocol.tryParseMessage(cursor)).to.throw('Error reading JSON.')
    expect(protocol.tryParseMessage(cursor)).to.deep.equal(ping)
  })
})
