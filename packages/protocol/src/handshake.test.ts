import { expect } from 'chai'
import fc from 'fast-check'
import { type HandshakeRequest, handshakeSuccess, tryParseHandshakeRequest, writeHandshakeError } from './handshake.js'
import { HubProtocolError } from './hub-protocol-error.js'
import { record } from './testing/json-vectors.js'

function parse(bytes: Buffer): HandshakeRequest | undefined {
  return tryParseHandshakeRequest({ bytes, offset: 0, end: bytes.length })
}

/** What a client with detailed errors reads. */
function refusal(json: string): string {
  try {
    parse(record(json))
    return 'accepted'
  } catch (error) {
    if (!(error instanceof HubProtocolError)) throw error
    return `${error.exceptionType}: ${error.message}`
  }
}

/** @source HandshakeProtocolTests.cs, @microsoft/signalr 10.0.11 */
const accepted: readonly (readonly [json: string, protocol: string, version: number])[] = [
  ['{"protocol":"json","version":1}', 'json', 1],
  ['{"protocol":"messagepack","version":2}', 'messagepack', 2],
  ['{"protocol":"a","protocol":"json","version":9,"version":1,"x":null}', 'json', 1],
  ['{"protocol":"json","version":1}{"protocol":"wrong","version":99}', 'json', 1],
  ['{"version":-2147483648, "a":{"b":[1,2]} , "protocol":"JSON"} tail', 'JSON', -2147483648],
  ['{"\\u0070rotocol":"js\\u006fn","version":-0}', 'json', 0],
  ['\t{ "protocol" : "é" ,\r\n"version" : 0 }', 'é', 0],
  ['{"protocol":"","version":1,"x":"\\ud800"}', '', 1],
]

/** @source HandshakeProtocolTests.cs; Observed: ASP.NET Core 10.0.12 */
const refused: readonly (readonly [json: string, error: string])[] = [
  ['{"version":1}', `InvalidDataException: Missing required property 'protocol'. Message content: {"version":1}`],
  ['{}', "InvalidDataException: Missing required property 'protocol'. Message content: {}"],
  [
    '{"protocol":"é"} x',
    `InvalidDataException: Missing required property 'version'. Message content: {"protocol":"é"} x`,
  ],
  [
    '{"protocol":"json","version":null}',
    `InvalidDataException: Missing required property 'version'. Message content: {"protocol":"json","version":null}`,
  ],
  ['{"protocol":null,"version":123}', "InvalidDataException: Expected 'protocol' to be of type String."],
  ['{"version":"123"}', "InvalidDataException: Expected 'version' to be of type Number."],
  ['[]', "InvalidDataException: Unexpected JSON Token Type 'Array'. Expected a JSON Object."],
  ['5', "InvalidDataException: Unexpected JSON Token Type 'Number'. Expected a JSON Object."],
  ['"a"', "InvalidDataException: Unexpected JSON Token Type 'String'. Expected a JSON Object."],
  ['null', "InvalidDataException: Unexpected JSON Token Type 'Null'. Expected a JSON Object."],
  [
    '{"protocol":"json","version":1.0}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  ],
  [
    '{"protocol":"json","version":1e0}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  ],
  [
    '{"protocol":"json","version":99999999999}',
    'FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.',
  ],
  [
    '{"protocol":"\\ud800","version":1}',
    'InvalidOperationException: Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.',
  ],
  [
    '',
    'JsonReaderException: The input does not contain any JSON tokens. Expected the input to start with a valid JSON token, when isFinalBlock is true. LineNumber: 0 | BytePositionInLine: 0.',
  ],
  ['garbage', "JsonReaderException: 'g' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0."],
  ['\r\n\r\n  x', "JsonReaderException: 'x' is an invalid start of a value. LineNumber: 2 | BytePositionInLine: 2."],
  [
    '\ufeff{"protocol":"json","version":1}',
    "JsonReaderException: '0xEF' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0.",
  ],
  ['{"a":[1}', "JsonReaderException: '}' is invalid without a matching open. LineNumber: 0 | BytePositionInLine: 7."],
  [
    '{"a":1,}',
    'JsonReaderException: The JSON object contains a trailing comma at the end which is not supported in this mode. Change the reader options. LineNumber: 0 | BytePositionInLine: 7.',
  ],
  [
    '{"a":1 x}',
    "JsonReaderException: 'x' is invalid after a value. Expected either ',', '}', or ']'. LineNumber: 0 | BytePositionInLine: 7.",
  ],
  [
    '{a:1}',
    `JsonReaderException: 'a' is an invalid start of a property name. Expected a '"'. LineNumber: 0 | BytePositionInLine: 1.`,
  ],
  [
    '{"a" 1}',
    "JsonReaderException: '1' is invalid after a property name. Expected a ':'. LineNumber: 0 | BytePositionInLine: 5.",
  ],
  [
    '{"a":tru}',
    "JsonReaderException: 'tru}' is an invalid JSON literal. Expected the literal 'true'. LineNumber: 0 | BytePositionInLine: 8.",
  ],
  ['{"a":01}', "JsonReaderException: Invalid leading zero before '1'. LineNumber: 0 | BytePositionInLine: 6."],
  [
    '{"a":-}',
    "JsonReaderException: '}' is invalid within a number, immediately after a sign character ('+' or '-'). Expected a digit ('0'-'9'). LineNumber: 0 | BytePositionInLine: 6.",
  ],
  [
    '{"a":1',
    "JsonReaderException: '1' is an invalid end of a number. Expected a delimiter. LineNumber: 0 | BytePositionInLine: 6.",
  ],
  [
    '{"a":"\t"}',
    "JsonReaderException: '0x09' is invalid within a JSON string. The string should be correctly escaped. LineNumber: 0 | BytePositionInLine: 6.",
  ],
  [
    '{"a":"\\x"}',
    "JsonReaderException: 'x' is an invalid escapable character within a JSON string. The string should be correctly escaped. LineNumber: 0 | BytePositionInLine: 7.",
  ],
  [
    '{"a',
    'JsonReaderException: Expected end of string, but instead reached end of data. LineNumber: 0 | BytePositionInLine: 3.',
  ],
  [
    '{"a":1,',
    'JsonReaderException: Expected start of a property name or value, but instead reached end of data. LineNumber: 0 | BytePositionInLine: 6.',
  ],
  [
    '{',
    'JsonReaderException: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed. LineNumber: 0 | BytePositionInLine: 1.',
  ],
  [
    `{"a":${'['.repeat(64)}`,
    'JsonReaderException: The maximum configured depth of 64 has been exceeded. Cannot read next JSON array. LineNumber: 0 | BytePositionInLine: 68.',
  ],
]

describe('tryParseHandshakeRequest', () => {
  for (const [json, protocol, version] of accepted) {
    it(`reads ${JSON.stringify(json)}`, () => {
      expect(parse(record(json))).to.deep.equal({ protocol, version })
    })

    it(`waits for the separator of ${JSON.stringify(json)}`, () => {
      const bytes = record(json)
      for (let end = 0; end < bytes.length; end++) {
        expect(tryParseHandshakeRequest({ bytes, offset: 0, end })).to.equal(undefined)
      }
    })
  }

  for (const [json, error] of refused) {
    it(`refuses ${JSON.stringify(json)} in the words of .NET`, () => {
      expect(refusal(json)).to.equal(error)
    })
  }

  it('leaves the hub messages behind it', () => {
    const bytes = record('{"protocol":"json","version":1}\x1e{"type":6}')
    const cursor = { bytes, offset: 0, end: bytes.length }
    tryParseHandshakeRequest(cursor)
    expect(bytes.toString('latin1', cursor.offset)).to.equal('{"type":6}\x1e')
  })

  it('does not move on while it is incomplete', () => {
    const cursor = { bytes: Buffer.from('{"protocol"'), offset: 0, end: 11 }
    expect(tryParseHandshakeRequest(cursor)).to.equal(undefined)
    expect(cursor.offset).to.equal(0)
  })

  it('throws nothing but HubProtocolError on garbage', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '\\',
      'protocol',
      'version',
      '1',
      'true',
      '-',
      '\u0001',
      'é',
    )
    fc.assert(
      fc.property(fc.array(piece), pieces => refusal(pieces.join('')).length > 0),
      { seed: 1, numRuns: 2_000 },
    )
  })
})

describe('the answer to a handshake', () => {
  it('is an empty object when accepted', () => {
    expect(handshakeSuccess.toString('latin1')).to.equal('{}\x1e')
  })

  it('is the error when refused', () => {
    expect(writeHandshakeError("The protocol 'é\"<' is not supported.").toString()).to.equal(
      `{"error":"The protocol 'é\\"<' is not supported."}\x1e`,
    )
  })
})
