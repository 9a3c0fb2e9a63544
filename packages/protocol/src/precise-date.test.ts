import { expect } from 'chai'
import { PreciseDate } from './precise-date.js'

const milliseconds = Date.parse('2024-02-29T12:34:56.123Z')

describe('PreciseDate', () => {
  it('is a Date that has ticks beyond its millisecond', () => {
    const date = new PreciseDate(milliseconds, 4567)
    expect(date).to.be.instanceOf(Date)
    expect(date.getTime()).to.equal(milliseconds)
    expect(date.ticks).to.equal(4567)
  })

  it('has all its digits in JSON', () => {
    expect(JSON.stringify({ at: new PreciseDate(milliseconds, 4567) })).to.equal(
      '{"at":"2024-02-29T12:34:56.1234567Z"}',
    )
    expect(JSON.stringify(new PreciseDate(milliseconds, 4500))).to.equal('"2024-02-29T12:34:56.12345Z"')
    expect(JSON.stringify(new PreciseDate(Date.parse('2024-02-29T12:34:56Z'), 1))).to.equal(
      '"2024-02-29T12:34:56.0000001Z"',
    )
    expect(JSON.stringify(new PreciseDate(Number.NaN, 1))).to.equal('null')
  })

  it('has no ticks once it was set to another time', () => {
    const date = new PreciseDate(milliseconds, 4567)
    date.setMilliseconds(500)
    expect(date.ticks).to.equal(0)
    expect(JSON.stringify(date)).to.equal('"2024-02-29T12:34:56.5Z"')
  })

  it('refuses ticks that are no part of a millisecond', () => {
    for (const ticks of [-1, 10_000, 0.5, Number.NaN])
      expect(() => new PreciseDate(0, ticks)).to.throw(RangeError, `${ticks}`)
  })
})
