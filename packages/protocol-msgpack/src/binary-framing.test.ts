import { HubProtocolError } from '@signalbox/protocol'
import { expect } from 'chai'
import { longestPrefixBytes, openNextBody, writePrefix } from './binary-framing.js'
import { MessagePackReader } from './messagepack-reader.js'
import { bytesOf } from './testing/frame.js'

/**
 * @source dotnet/aspnetcore: src/SignalR/common/SignalR.Common/test/Internal/Formatters/BinaryMessageFormatterTests.cs
 */
const prefixes: readonly (readonly [length: number, hex: string])[] = [
  [0, '00'],
  [1, '01'],
  [127, '7f'],
  [128, '8001'],
  [5_248, '8029'],
  [16_383, 'ff7f'],
  [16_384, '808001'],
  [2_097_151, 'ffff7f'],
  [2_097_152, '80808001'],
  [268_435_455, 'ffffff7f'],
  [268_435_456, '8080808001'],
  [2_147_483_647, 'ffffffff07'],
]

describe('writePrefix', () => {
  for (const [length, hex] of prefixes) {
    it(`writes the length ${length} as ${hex}, up to the body`, () => {
      const bytes = Buffer.alloc(longestPrefixBytes)
      const start = writePrefix(bytes, longestPrefixBytes, longestPrefixBytes + length)
      expect(bytes.toString('hex', start)).to.equal(hex)
    })
  }
})

describe('openNextBody', () => {
  const reader = new MessagePackReader()

  it('takes exactly the announced bytes', () => {
    const cursor = cursorOver('00 02 91 06 02 91', 1)
    expect(openNextBody(cursor, reader)).to.equal(true)
    expect(cursor.offset).to.equal(4)
    expect(reader.readArrayLength()).to.equal(1)
    expect(reader.readInt32()).to.equal(6)
    expect(() => reader.readCode()).to.throw('Attempted to read past the end of the stream.')
  })

  for (const [length, hex] of prefixes.slice(2)) {
    it(`waits for ${length} bytes, and moves nothing`, () => {
      const cursor = cursorOver(`${hex} 91 06`)
      expect(openNextBody(cursor, reader)).to.equal(false)
      expect(cursor.offset).to.equal(0)
    })
  }

  it('waits for the rest of a prefix', () => {
    for (const hex of ['', '80', 'ff ff', '80 80 80 80']) {
      const cursor = cursorOver(hex)
      expect(openNextBody(cursor, reader), hex).to.equal(false)
      expect(cursor.offset).to.equal(0)
    }
  })

  it('takes a prefix that is longer than it needs to be', () => {
    for (const hex of ['82 00', '82 80 00', '82 80 80 80 00']) {
      const cursor = cursorOver(`${hex} 91 06`)
      expect(openNextBody(cursor, reader), hex).to.equal(true)
      expect(cursor.offset).to.equal(cursor.end)
    }
  })

  it('refuses a fifth byte above 7, without waiting for more', () => {
    for (const hex of ['ff ff ff ff 08', '80 80 80 80 80', '82 80 80 80 f0']) {
      expect(() => openNextBody(cursorOver(hex), reader), hex)
        .to.throw(HubProtocolError, 'Messages over 2GB in size are not supported.')
        .with.property('exceptionType', 'FormatException')
    }
  })
})

function cursorOver(hex: string, offset = 0) {
  const bytes = bytesOf(hex)
  return { bytes, offset, end: bytes.length }
}
