import { expect } from 'chai'
import { BodyRates } from './body-rates.js'

describe('BodyRates', () => {
  function stalledAfter(elapsedMs: number, length: number): boolean {
    let isStalled = false
    const rates = new BodyRates()
    rates.add({
      startedAtMs: 0,
      length,
      onStalled() {
        isStalled = true
      },
    })
    rates.check(elapsedMs)
    return isStalled
  }

  it('waits five seconds for the first byte', () => {
    expect(stalledAfter(5_000, 0)).to.equal(false)
  })

  it('does not wait longer', () => {
    expect(stalledAfter(5_001, 0)).to.equal(true)
  })

  it('waits for a body that comes with 240 bytes a second', () => {
    expect(stalledAfter(10_000, 2_400)).to.equal(false)
  })

  it('does not wait for one that comes more slowly', () => {
    expect(stalledAfter(10_000, 2_399)).to.equal(true)
  })

  it('forgets a body that is there', () => {
    const rates = new BodyRates()
    const body = { startedAtMs: 0, length: 0, onStalled: () => expect.fail('it was forgotten') }
    rates.add(body)
    rates.delete(body)

    rates.check(60_000)
  })
})
