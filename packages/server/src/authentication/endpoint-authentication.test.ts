import { anonymous, type ClaimsPrincipal, type ConnectionFeatures } from '@signalbox/abstractions'
import { expect } from 'chai'
import { isSameUser } from './endpoint-authentication.js'
import { createPrincipal } from './principal.js'

const principal = (claims: Readonly<Record<string, string>>): ClaimsPrincipal =>
  createPrincipal({ claims: Object.entries(claims).map(([type, value]) => ({ type, value })) })

const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'
const ann = createPrincipal({ userId: 'ann' })

/** Only the user matters here. */
const connectionOf = (user: ClaimsPrincipal) => ({ user }) as ConnectionFeatures

describe('isSameUser', () => {
  const pairs: readonly [sentence: string, user: ClaimsPrincipal, newUser: ClaimsPrincipal, isSame: boolean][] = [
    ['goes by the user id', ann, createPrincipal({ userId: 'ann', claims: [{ type: 'role', value: 'x' }] }), true],
    ['tells two user ids apart', ann, createPrincipal({ userId: 'bob' }), false],
    ['takes none for a user', ann, anonymous, false],
    ['takes a user for none of those nobody knows', anonymous, ann, false],
    ['takes all whom nobody knows for one', anonymous, anonymous, true],
    ['goes by sub without a user id', principal({ sub: 'a', role: 'x' }), principal({ sub: 'a', role: 'y' }), true],
    ['tells two subs apart', principal({ sub: 'a' }), principal({ sub: 'b' }), false],
    ['goes by the UPN behind that', principal({ [upn]: 'a', role: 'x' }), principal({ [upn]: 'a', role: 'y' }), true],
    ['tells a sub from a UPN', principal({ sub: 'a' }), principal({ [upn]: 'a' }), false],
    [
      'takes those without a name for one if all claims agree',
      principal({ role: 'x' }),
      principal({ role: 'x' }),
      true,
    ],
    ['and for two if one differs', principal({ role: 'x' }), principal({ role: 'y' }), false],
    ['or is missing', principal({ role: 'x', team: 'y' }), principal({ role: 'x' }), false],
    ['takes nobody known for no authenticated user without a name', anonymous, principal({ role: 'x' }), false],
  ]
  for (const [sentence, user, newUser, isSame] of pairs)
    it(sentence, () => {
      expect(isSameUser()(connectionOf(user), connectionOf(newUser))).to.equal(isSame)
    })

  it('believes a user-id provider, whatever the claims say', () => {
    const byTeam = isSameUser(({ user }) => user.findFirst('team'))
    expect(
      byTeam(connectionOf(principal({ sub: 'a', team: 't' })), connectionOf(principal({ sub: 'b', team: 't' }))),
    ).to.equal(true)
    expect(
      byTeam(connectionOf(principal({ sub: 'a', team: 't' })), connectionOf(principal({ sub: 'a', team: 'u' }))),
    ).to.equal(false)
  })

  it('shows a user-id provider everything else of the connection', () => {
    const seen: unknown[] = []
    const watching = isSameUser(connection => {
      seen.push(connection)
      return 'ann'
    })
    const [connection, renewed] = [connectionOf(ann), connectionOf(anonymous)]

    expect(watching(connection, renewed)).to.equal(true)
    expect(seen).to.have.ordered.members([connection, renewed])
  })

  for (const nothing of [undefined, ''])
    it(`looks at the claims of those whom a provider gives ${JSON.stringify(nothing)}`, () => {
      const byNothing = isSameUser(() => nothing)
      expect(byNothing(connectionOf(principal({ sub: 'a' })), connectionOf(principal({ sub: 'b' })))).to.equal(false)
      expect(
        byNothing(connectionOf(principal({ sub: 'a' })), connectionOf(principal({ sub: 'a', role: 'x' }))),
      ).to.equal(true)
    })
})
