import { expect } from 'chai'
import { faultKinds, planFaults } from './fault-plan.js'

describe('the faults of a run', () => {
  const inWords = (count: number, seed: number) =>
    planFaults(count, seed).map(({ kind, detail }) => `${kind} ${detail}`)

  it('are the same for the same seed, however many follow, and others for another', () => {
    expect(inWords(50, 1)).to.deep.equal(inWords(100, 1).slice(0, 50))
    expect(inWords(50, 1)).not.to.deep.equal(inWords(50, 2))
  })

  it('are of every kind before one comes again', () => {
    const plan = planFaults(3 * faultKinds.length, 1).map(({ kind }) => kind)
    for (let start = 0; start < plan.length; start += faultKinds.length)
      expect(new Set(plan.slice(start, start + faultKinds.length)).size).to.equal(faultKinds.length)
  })
})
