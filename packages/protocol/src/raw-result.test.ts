import { allRaw, readAll, refusalOf } from '@signalbox/conformance'
import { expect } from 'chai'
import type { HubMessage } from './hub-message.js'
import { JsonHubProtocol } from './json-hub-protocol.js'
import { RawResult } from './raw-result.js'
import { record } from './testing/json-vectors.js'

const protocol = new JsonHubProtocol()

/** What goes on to the server that waits for this completion. */
function passedOn(completion: string): string {
  const [message] = readAll(protocol, Buffer.from(completion, 'latin1'), allRaw)
  return protocol.writeMessage(message as HubMessage).toString('latin1')
}

/** Results as clients may write them, none as `JSON.stringify` would. */
const spellings = [
  '12345678901234567890',
  '-9007199254740993',
  '1.0',
  '1.50',
  '1e3',
  '1E+2',
  '-0',
  '0.1000000000000000055511151231257827',
  '{"b":1,"10":2,"2":3}',
  '{"a":1,"a":2}',
  '{ "a" : [ ] ,\t"b" : { } }',
  '[[[{"a":[12345678901234567890,{"a":1.0,"a":null}]}]]]',
  '"\\u00e9\\/\\u0041"',
  '"\\ud800"',
  '{"__proto__":1}',
  `"${'a\\u0062'.repeat(300)}"`,
]

/** @source Observed: RawResult in JsonHubProtocol of ASP.NET Core 10.0.12 */
describe('RawResult in JSON', () => {
  for (const result of spellings) {
    it(`stays ${result.slice(0, 60)}`, () => {
      const completion = `{"type":3,"invocationId":"1","result":${result}}\x1e`
      expect(passedOn(completion)).to.equal(completion)
    })
  }

  it('is taken from wherever it stands, with the white space before it and without that behind it', () => {
    expect(passedOn(' { "result" :\t[ 1.0 ]\n, "invocationId" : "1" , "type" : 3 } \x1e')).to.equal(
      '{"type":3,"invocationId":"1","result":\t[ 1.0 ]}\x1e',
    )
  })

  it('is the last of two', () => {
    expect(passedOn('{"type":3,"invocationId":"1","result":1.0,"result":2.0}\x1e')).to.equal(
      '{"type":3,"invocationId":"1","result":2.0}\x1e',
    )
  })

  it('may be bytes that are no UTF-8', () => {
    const completion = '{"type":3,"invocationId":"1","result":"\xff"}\x1e'
    expect(passedOn(completion)).to.equal(completion)
  })

  it('leaves headers behind the type, in the spelling of this server', () => {
    expect(passedOn('{"type":3,"result":1.0,"invocationId":"1","headers":{"h":"\\u0041"}}\x1e')).to.equal(
      '{"type":3,"headers":{"h":"A"},"invocationId":"1","result":1.0}\x1e',
    )
  })

  it('is a null as well', () => {
    const [message] = readAll(protocol, record('{"type":3,"invocationId":"1","result":null}'), allRaw)
    expect(message).to.deep.include({ hasResult: true, result: new RawResult(Buffer.from('null')) })
  })

  it('is none where the client has none', () => {
    for (const completion of ['{"type":3,"invocationId":"1"}', '{"type":3,"invocationId":"1","error":"no"}']) {
      const [message] = readAll(protocol, record(completion), allRaw)
      expect(message, completion).to.include({ hasResult: false, result: undefined })
      expect(passedOn(`${completion}\x1e`)).to.equal(`${completion}\x1e`)
    }
  })

  it('is JSON: what is broken ends the connection', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    for (const result of ['{"a":}', '[1,]', '01', 'nul', '"\\x"', '[1', nested(64)]) {
      const bytes = record(`{"type":3,"invocationId":"1","result":${result}}`)
      expect(refusalOf(protocol, bytes, allRaw)?.message, result).to.equal('Error reading JSON.')
    }
    const deepest = `{"type":3,"invocationId":"1","result":${nested(63)}}\x1e`
    expect(passedOn(deepest)).to.equal(deepest)
  })

  it('has no text form, as its bytes are to stay', () => {
    const [message] = readAll(protocol, record('{"type":3,"invocationId":"1","result":1.0}'), allRaw)
    expect(protocol.writeText(message as HubMessage)).to.equal(undefined)
  })
})

describe('a result in JSON', () => {
  it('fails the call alone when it is no Unicode text', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"type":3,"invocationId":"1","result":["'),
      Buffer.of(0xff),
      record('"]}'),
    ])
    expect(readAll(protocol, bytes)).to.deep.equal([
      {
        type: 3,
        headers: undefined,
        invocationId: '1',
        error:
          'Error trying to deserialize result to Object. Cannot transcode invalid UTF-8 JSON text to UTF-16 string.',
        result: undefined,
        hasResult: false,
      },
    ])
  })

  it('is read as any value, before and behind the id', () => {
    for (const [json, value] of [
      ['{"type":3,"invocationId":"1","result": -1.5e2 }', -150],
      ['{"result":[1,{"a":"é"}],"type":3,"invocationId":"1"}', [1, { a: 'é' }]],
      ['{"result":1,"type":3,"result":"last","invocationId":"1"}', 'last'],
      ['{"result":true,"type":3,"invocationId":"1"}', true],
    ] as const) {
      expect(readAll(protocol, record(json))[0], json).to.deep.include({ result: value, hasResult: true })
    }
  })
})
