import { expect } from 'chai'
import { createPrincipal } from '../index.js'
import { VerifiedTokens } from './verified-tokens.js'

const user = createPrincipal({ userId: 'ann' })

describe('VerifiedTokens', () => {
  it('remembers the user of a token', () => {
    const tokens = new VerifiedTokens(0)
    tokens.add('token', user, 0)
    expect(tokens.find('token', 59_999)).to.equal(user)
  })

  it('forgets it after a minute', () => {
    const tokens = new VerifiedTokens(0)
    tokens.add('token', user, 0)
    expect(tokens.find('token', 60_000)).to.equal(undefined)
  })

  it('forgets it when the token expires', () => {
    const tokens = new VerifiedTokens(0)
    const guest = createPrincipal({ expiresAt: 1_000 })
    tokens.add('token', guest, 0)
    expect(tokens.find('token', 999)).to.equal(guest)
    expect(tokens.find('token', 1_000)).to.equal(undefined)
  })

  it('knows it as much longer as clocks may differ', () => {
    const tokens = new VerifiedTokens(500)
    const guest = createPrincipal({ expiresAt: 1_000 })
    tokens.add('token', guest, 0)
    expect(tokens.find('token', 1_499)).to.equal(guest)
    expect(tokens.find('token', 1_500)).to.equal(undefined)
  })

  it('knows no other token', () => {
    const tokens = new VerifiedTokens(0)
    tokens.add('token', user, 0)
    expect(tokens.find('token ', 0)).to.equal(undefined)
  })

  it('keeps the latest 10,000', () => {
    const tokens = new VerifiedTokens(0)
    for (let count = 0; count <= 10_000; count++) tokens.add(`token ${count}`, user, 0)
    expect(tokens.find('token 0', 0)).to.equal(undefined)
    expect(tokens.find('token 1', 0)).to.equal(user)
    expect(tokens.find('token 10000', 0)).to.equal(user)
  })
})
