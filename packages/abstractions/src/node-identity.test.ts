import { expect } from 'chai'
import { createNode } from './node-identity.js'

describe('A node', () => {
  it('has an id that goes into channel names and URLs as it is', () => {
    expect(createNode().id).to.match(/^[0-9a-f]{32}$/)
  })

  it('is another one at each start', () => {
    expect(createNode().id).not.to.equal(createNode().id)
  })

  it('says when it started', () => {
    const before = Date.now()
    expect(createNode().startedAt).to.be.within(before, Date.now())
  })
})
