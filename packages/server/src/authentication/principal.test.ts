import { expect } from 'chai'
import { createPrincipal, nameIdentifier } from '../index.js'

describe('createPrincipal', () => {
  const principal = createPrincipal({
    userId: 'ann',
    claims: [
      { type: 'role', value: 'reader' },
      { type: 'role', value: 'admin' },
    ],
    expiresAt: 1_000,
  })

  it('is authenticated', () => {
    expect(principal.isAuthenticated).to.equal(true)
  })

  it('names the user by the claim that user sends go by', () => {
    expect(principal.findFirst(nameIdentifier)).to.equal('ann')
  })

  it('finds the first claim of a type', () => {
    expect(principal.findFirst('role')).to.equal('reader')
  })

  it('finds nothing of a type that it does not have', () => {
    expect(principal.findFirst('Role')).to.equal(undefined)
  })

  it('has a claim with one of its values', () => {
    expect(principal.hasClaim('role', 'admin')).to.equal(true)
  })

  it('does not have a claim with another value', () => {
    expect(principal.hasClaim('role', 'owner')).to.equal(false)
  })

  it('has a claim whatever its value', () => {
    expect(principal.hasClaim('role')).to.equal(true)
    expect(principal.hasClaim('email')).to.equal(false)
  })

  it('keeps when it expires', () => {
    expect(principal.expiresAt).to.equal(1_000)
  })

  it('may be of a user without a name, and never expire', () => {
    expect(createPrincipal({})).to.include({ isAuthenticated: true, expiresAt: undefined })
  })
})
