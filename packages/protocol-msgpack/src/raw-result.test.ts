import { allRaw, readAll, refusalOf } from '@signalbox/conformance'
import { type HubMessage, RawResult } from '@signalbox/protocol'
import { expect } from 'chai'
import fc from 'fast-check'
import { MessagePackHubProtocol } from './messagepack-hub-protocol.js'
import { MessagePackReader } from './messagepack-reader.js'
import { frame, frameBytes } from './testing/frame.js'
import { anyValue, encode } from './testing/values.js'

const protocol = new MessagePackHubProtocol()

/** What goes on to the server that waits for this completion. */
function passedOn(wire: Buffer): string {
  const [message] = readAll(protocol, wire, allRaw)
  return protocol.writeMessage(message as HubMessage).toString('hex')
}

/** Results as clients may write them, none as this package would. */
const spellings = [
  ['an integer in 16 bits that needs 7', 'cd0001'],
  ['an integer in 64 bits that needs 7', 'cf0000000000000001'],
  ['a signed integer that is positive', 'd301'.padEnd(18, '0')],
  ['a float that is an integer', 'ca3f800000'],
  ['a double that is an integer', 'cb3ff0000000000000'],
  ['a map with its keys in no order', '83a16201a23130c3a13202'],
  ['a map with a key twice', '82a16101a16102'],
  ['a map with keys that are no strings', '8201c0c09190'],
  ['a map of 16 bits with one pair', 'de0001d90161da000162'],
  ['a map of 32 bits with one pair', 'df00000001db0000000161c2'],
  ['arrays in arrays, of every width', 'dc0001dd00000001919291c0c3'],
  ['bytes of every width', '93c4012ac500012ac6000000012a'],
  ['an extension nobody here knows', 'd40500'],
  [
    'extensions of every width',
    `97d501aaaad602aaaaaaaad703aaaaaaaaaaaaaaaad804${'aa'.repeat(16)}c70105aac8000106aac90000000107aa`,
  ],
  ['a timestamp', 'd6ff00000000'],
  ['integers of every width', '98cc80cd8000ce80000000cf8000000000000000d080d18000d280000000d38000000000000000'],
  ['fixed integers', '947f00e0ff'],
  ['a text that is no UTF-8', 'a2c328'],
  ['nil', 'c0'],
] as const

/** @source Observed: RawResult in Microsoft.AspNetCore.SignalR.Protocols.MessagePack 10.0.12 */
describe('RawResult in MessagePack', () => {
  for (const [name, result] of spellings) {
    it(`stays ${name}`, () => {
      const wire = frame(`950380a13103${result}`)
      expect(passedOn(wire)).to.equal(wire.toString('hex'))
    })
  }

  it('keeps the headers of the completion', () => {
    const wire = frame('950381a168a176a13103cd0001')
    expect(passedOn(wire)).to.equal(wire.toString('hex'))
  })

  it('leaves behind what stands after the value', () => {
    expect(passedOn(frame('950380a13103cd000102'))).to.equal(frame('950380a13103cd0001').toString('hex'))
  })

  it('is a nil as well', () => {
    const [message] = readAll(protocol, frame('950380a13103c0'), allRaw)
    expect(message).to.deep.include({ hasResult: true, result: new RawResult(Uint8Array.of(0xc0)) })
  })

  it('is none where the client has none', () => {
    for (const body of ['940380a13102', '950380a13101a178']) {
      const [message] = readAll(protocol, frame(body), allRaw)
      expect(message, body).to.include({ hasResult: false, result: undefined })
      expect(passedOn(frame(body))).to.equal(frame(body).toString('hex'))
    }
  })

  it('is as deep as there are bytes', () => {
    const wire = frameBytes(
      Buffer.concat([Buffer.from('950380a13103', 'hex'), Buffer.alloc(1_000_000, 0x91), Buffer.of(0xc0)]),
    )
    expect(passedOn(wire) === wire.toString('hex')).to.equal(true)
  })

  for (const [what, result, error] of [
    ['no value at all', '', 'EndOfStreamException: Attempted to read past the end of the stream.'],
    ['an array that ends early', '9201', 'EndOfStreamException: Attempted to read past the end of the stream.'],
    ['a text that ends early', 'a261', 'EndOfStreamException: Attempted to read past the end of the stream.'],
    ['an integer that ends early', 'd1', 'EndOfStreamException: Attempted to read past the end of the stream.'],
    ['an extension that ends early', 'd50500', 'EndOfStreamException: Attempted to read past the end of the stream.'],
    [
      'more pairs than there are bytes',
      'dfffffffff',
      'EndOfStreamException: Attempted to read past the end of the stream.',
    ],
    [
      'the code that means nothing',
      'c1',
      'MessagePackSerializationException: Unexpected msgpack code 193 ((never used)) encountered.',
    ],
  ] as const) {
    it(`is a value: ${what} ends the connection`, () => {
      const refusal = refusalOf(protocol, frame(`950380a13103${result}`), allRaw)
      expect(`${refusal?.exceptionType}: ${refusal?.message}`).to.equal(error)
    })
  }

  it('is found in any bytes that are a value, to its last byte', () => {
    fc.assert(
      fc.property(anyValue, value => {
        const bytes = encode(value)
        const reader = new MessagePackReader()
        reader.open(Buffer.concat([bytes, Buffer.of(0xc3)]), 0, bytes.length + 1)
        expect(bytes.equals(reader.readRaw())).to.equal(true)
        expect(reader.readBoolean()).to.equal(true)
      }),
      { seed: 1 },
    )
  })
})
