import { expect } from 'chai'
import { claimsOf } from './principal.js'

const claims = (payload: Record<string, unknown>): string[] =>
  claimsOf(payload).map(({ type, value }) => `${type.replace(/.*\//, '…/')}=${value}`)

describe('The claims of a token', () => {
  /** Long names seen on ASP.NET Core 10.0.12, which has them in place of the short ones. */
  const mapped = [
    ['sub', '…/nameidentifier'],
    ['nameid', '…/nameidentifier'],
    ['unique_name', '…/name'],
    ['email', '…/emailaddress'],
    ['role', '…/role'],
    ['roles', '…/role'],
  ] as const

  for (const [short, long] of mapped)
    it(`have ${short} under its own name and under .NET's`, () => {
      expect(claims({ [short]: 'x' })).to.deep.equal([`${short}=x`, `${long}=x`])
    })

  it('keep any other name', () => {
    expect(claims({ tenant: 'x', name: 'Ann' })).to.deep.equal(['tenant=x', 'name=Ann'])
  })

  it('keep a long name that is in the token', () => {
    const type = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'
    expect(claimsOf({ [type]: 'admin' })).to.deep.equal([{ type, value: 'admin' }])
  })

  it('are several for a list', () => {
    expect(claims({ roles: ['a', 'b'] })).to.deep.equal(['roles=a', 'roles=b', '…/role=a', '…/role=b'])
  })

  it('are none for an empty list', () => {
    expect(claims({ roles: [] })).to.deep.equal([])
  })

  it('are texts, JSON for what is none', () => {
    expect(claims({ exp: 17, ok: true, address: { city: 'Rome' } })).to.deep.equal([
      'exp=17',
      'ok=true',
      'address={"city":"Rome"}',
    ])
  })
})
