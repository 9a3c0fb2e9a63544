import { PreciseDate } from '@signalbox/protocol'
import { expect } from 'chai'
import fc from 'fast-check'
import { bytesOf } from './testing/frame.js'
import { decode, encode } from './testing/values.js'

/** What MessagePack-CSharp 2.5 writes, and the time in the text of .NET. */
const times: readonly (readonly [hex: string, text: string])[] = [
  ['d6 ff 38 6d 43 80', '2000-01-01T00:00:00Z'],
  ['d7 ff 1c 9c 38 00 38 6d 43 80', '2000-01-01T00:00:00.12Z'],
  ['d7 ff 00 3d 09 00 38 6d 43 80', '2000-01-01T00:00:00.001Z'],
  ['d7 ff 1d 6f 32 f0 65 e0 79 f0', '2024-02-29T12:34:56.1234567Z'],
  ['c7 0c ff 3b 9a c9 9c 00 00 00 3a ff f4 41 7f', '9999-12-31T23:59:59.9999999Z'],
  ['c7 0c ff 00 00 00 00 ff ff ff f1 88 6e 09 00', '0001-01-01T00:00:00Z'],
  ['c7 0c ff 07 5b cc bc ff ff ff ff ff ff ff ff', '1969-12-31T23:59:59.1234567Z'],
  ['c7 0c ff 00 00 00 00 ff ff ff f2 40 c3 64 00', '0099-01-01T00:00:00Z'],
]

describe('a timestamp', () => {
  for (const [hex, text] of times) {
    it(`of ${text} is read and passed on as .NET has it`, () => {
      const date = decode(bytesOf(hex)) as Date
      expect(date).to.be.instanceOf(Date)
      expect(date.getTime()).to.equal(millisecondsOf(text))
      expect(encode(date)).to.deep.equal(bytesOf(hex))
    })
  }

  it('is an ordinary Date without ticks beyond the millisecond', () => {
    expect(decode(bytesOf('d7 ff 00 3d 09 00 38 6d 43 80'))).not.to.be.instanceOf(PreciseDate)
  })

  it('loses its ticks where it is set to another time', () => {
    const date = decode(bytesOf('d7 ff 1d 6f 32 f0 65 e0 79 f0')) as PreciseDate
    expect(date.ticks).to.equal(4567)
    date.setUTCHours(13)
    expect(date.ticks).to.equal(0)
    expect(encode(date)).to.deep.equal(encode(new Date('2024-02-29T13:34:56.123Z')))
  })

  it('leaves out what is less than a tick, as .NET does', () => {
    expect((decode(bytesOf('c7 0c ff 00 00 00 ff 00 00 00 00 00 00 00 01')) as PreciseDate).ticks).to.equal(2)
  })

  it('comes back whole, whatever time it is', () => {
    const milliseconds = fc.integer({
      min: Date.parse('0001-01-01T00:00:00Z'),
      max: Date.parse('9999-12-31T23:59:59.999Z'),
    })
    fc.assert(
      fc.property(milliseconds, fc.integer({ min: 0, max: 9999 }), (time, ticks) => {
        const read = decode(encode(new PreciseDate(time, ticks))) as Date
        expect(read.getTime()).to.equal(time)
        expect(read instanceof PreciseDate ? read.ticks : 0).to.equal(ticks)
      }),
      { seed: 8 },
    )
  })

  it('is not written for a year that .NET does not have', () => {
    for (const text of ['+010000-01-01T00:00:00.000Z', '0000-12-31T23:59:59.999Z', '-000001-01-01T00:00:00.000Z'])
      expect(() => encode([new Date(text)])).to.throw(RangeError, text)
  })
})

const millisecondsOf = (text: string): number => Date.parse(text.replace(/(\.\d{3})\d*Z/, '$1Z'))
