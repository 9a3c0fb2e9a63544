import { expect } from 'chai'
import { newConnectionId } from './connection-id.js'

describe('newConnectionId', () => {
  const ids = Array.from({ length: 2000 }, newConnectionId)

  it('makes 22 characters that need no escaping in a URL', () => {
    expect(ids.filter(id => !/^[A-Za-z0-9_-]{22}$/.test(id))).to.deep.equal([])
  })

  it('does not repeat itself', () => {
    expect(new Set(ids).size).to.equal(ids.length)
  })

  it('uses every character of its alphabet', () => {
    expect(new Set(ids.join('')).size).to.equal(64)
  })
})
