import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RequestSnapshot } from '@signalbox/connections'
import { expect } from 'chai'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { type ClaimsPrincipal, ConfigurationError, type JwtBearerOptions, jwtBearer, nameIdentifier } from '../index.js'

const secret = 'a secret of at least thirty-two bytes'
const now = () => Math.floor(Date.now() / 1000)
const inAMinute = () => now() + 60

const sign = (payload: JWTPayload, key: KeyObject | string = secret, header: { alg?: string; kid?: string } = {}) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(typeof key === 'string' ? Buffer.from(key) : key)

/** A token put together by hand, since no library makes a bad one. */
function forge(header: object, payload: object, signature = ''): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  return `${encode(header)}.${encode(payload)}.${signature}`
}

const requestWith = ({ authorization, query = '' }: { authorization?: string; query?: string }) =>
  new RequestSnapshot(
    'POST',
    '/hub/negotiate',
    query,
    '127.0.0.1',
    authorization === undefined ? '\n' : `\nauthorization:${authorization}\n`,
    'http',
  )

const authenticate = async (options: JwtBearerOptions, token: string) =>
  jwtBearer(options)(requestWith({ authorization: `Bearer ${token}` }))

async function userOf(options: JwtBearerOptions, token: string): Promise<ClaimsPrincipal> {
  const result = await authenticate(options, token)
  if (result === undefined || 'challenge' in result) throw new Error(`Refused: ${result?.challenge}`)
  return result
}

async function challengeOf(options: JwtBearerOptions, token: string): Promise<string> {
  const result = await authenticate(options, token)
  if (result === undefined || !('challenge' in result)) throw new Error('The token was accepted.')
  return result.challenge
}

describe('jwtBearer', () => {
  it('refuses an option it does not know: a misspelt audience would let in the tokens of other applications', () => {
    const options = { secret, audiance: 'chat' }
    expect(() => jwtBearer(options)).to.throw(
      ConfigurationError,
      "jwtBearer has no option 'audiance': did you mean 'audience'.",
    )
  })

  describe('with a secret', () => {
    it('accepts a token that is signed with it', async () => {
      const user = await userOf({ secret }, await sign({ sub: 'ann', exp: inAMinute() }))
      expect(user.findFirst(nameIdentifier)).to.equal('ann')
    })

    it('takes the secret as bytes too', async () => {
      const token = await sign({ sub: 'ann', exp: inAMinute() })
      expect((await userOf({ secret: Buffer.from(secret) }, token)).isAuthenticated).to.equal(true)
    })

    it('knows when the credentials expire', async () => {
      const exp = inAMinute()
      expect((await userOf({ secret }, await sign({ exp }))).expiresAt).to.equal(exp * 1000)
    })

    it('knows a token again at once, and no other one', async () => {
      const hook = jwtBearer({ secret })
      const token = await sign({ sub: 'ann', exp: inAMinute() })
      const user = await hook(requestWith({ authorization: `Bearer ${token}` }))
      expect(hook(requestWith({ query: `access_token=${token}` }))).to.equal(user)
      expect(await hook(requestWith({ authorization: `Bearer ${token}x` }))).to.have.property('challenge')
    })

    it('refuses a token of another secret', async () => {
      const token = await sign({ sub: 'ann', exp: inAMinute() }, 'another secret of at least thirty-two bytes')
      expect(await challengeOf({ secret }, token)).to.equal('Bearer error="invalid_token"')
    })

    it('says for the log why, and nothing of the token', async () => {
      const token = await sign({ sub: 'ann', exp: inAMinute() }, 'another secret of at least thirty-two bytes')
      for (const [refused, reason] of [
        [token, 'JWSSignatureVerificationFailed: signature verification failed'],
        ['garbage', 'JWSInvalid: Invalid Compact JWS'],
      ] as const) {
        const request = requestWith({ authorization: `Bearer ${refused}` })
        expect(await jwtBearer({ secret, issuer: null, audience: null })(request)).to.have.property('reason', reason)
      }
    })

    it('refuses a token whose claims were changed', async () => {
      const [header, , signature] = (await sign({ sub: 'ann', exp: inAMinute() })).split('.')
      const payload = Buffer.from(JSON.stringify({ sub: 'bob', exp: inAMinute() })).toString('base64url')
      expect(await challengeOf({ secret }, `${header}.${payload}.${signature}`)).to.equal(
        'Bearer error="invalid_token"',
      )
    })

    it('refuses a token without signature, alg none', async () => {
      const token = forge({ alg: 'none' }, { sub: 'ann', exp: inAMinute() })
      expect(await challengeOf({ secret }, token)).to.equal('Bearer error="invalid_token"')
    })

    for (const garbage of ['garbage', 'a.b.c', '..', forge({}, {}), `${'x'.repeat(4000)}.y.z`])
      it(`refuses ${garbage.slice(0, 20)}`, async () => {
        expect(await challengeOf({ secret }, garbage)).to.equal('Bearer error="invalid_token"')
      })

    it('refuses an algorithm that is not among those accepted', async () => {
      const token = await sign({ exp: inAMinute() }, secret, { alg: 'HS512' })
      expect(await challengeOf({ secret, algorithms: ['HS256'] }, token)).to.equal('Bearer error="invalid_token"')
      expect((await userOf({ secret }, token)).isAuthenticated).to.equal(true)
    })

    it('does not care who a token is from and for, unless told to', async () => {
      const token = await sign({ iss: 'anyone', aud: 'anything', exp: inAMinute() })
      expect((await userOf({ secret }, token)).findFirst('iss')).to.equal('anyone')
    })
  })

  describe('looking at the times of a token', () => {
    it('refuses one that has expired, and says when', async () => {
      const token = await sign({ exp: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000 - 86_400 * 365 })
      expect(await challengeOf({ secret }, token)).to.equal(
        'Bearer error="invalid_token", error_description="The token expired at \'01/02/2025 03:04:05\'"',
      )
    })

    it('refuses one that is not valid yet, and says from when it is', async () => {
      const token = await sign({ nbf: Date.UTC(2999, 11, 31) / 1000, exp: Date.UTC(3000, 0) / 1000 })
      expect(await challengeOf({ secret }, token)).to.equal(
        'Bearer error="invalid_token", error_description="The token is not valid before \'12/31/2999 00:00:00\'"',
      )
    })

    it('refuses one that never expires', async () => {
      expect(await challengeOf({ secret }, await sign({ sub: 'ann' }))).to.equal('Bearer error="invalid_token"')
    })

    it('refuses one whose end is no number', async () => {
      const unsigned = forge({ alg: 'HS256' }, { exp: 'never' }).slice(0, -1)
      const signature = createHmac('sha256', secret).update(unsigned).digest('base64url')
      expect(await challengeOf({ secret }, `${unsigned}.${signature}`)).to.equal('Bearer error="invalid_token"')
    })

    it('refuses one whose end no calendar has, without failing over it', async () => {
      const token = await sign({ exp: -1e15 })
      expect(await challengeOf({ secret }, token)).to.match(/^Bearer error="invalid_token"/)
    })

    for (const [what, claims] of [
      ['that ended up to five minutes ago', () => ({ exp: now() - 290 })],
      ['that begins within five minutes', () => ({ nbf: now() + 290, exp: now() + 400 })],
    ] as const)
      it(`accepts one ${what}: clocks differ`, async () => {
        expect((await userOf({ secret }, await sign(claims()))).isAuthenticated).to.equal(true)
      })

    for (const [what, claims] of [
      ['that ended more than five minutes ago', () => ({ exp: now() - 310 })],
      ['that begins in more than five minutes', () => ({ nbf: now() + 330, exp: now() + 400 })],
    ] as const)
      it(`refuses one ${what}`, async () => {
        expect(await challengeOf({ secret }, await sign(claims()))).to.match(/^Bearer error="invalid_token"/)
      })

    it('allows for as much as clockSkewMs says', async () => {
      const token = await sign({ exp: now() - 5 })
      expect((await userOf({ secret, clockSkewMs: 60_000 }, token)).isAuthenticated).to.equal(true)
      expect(await challengeOf({ secret, clockSkewMs: 0 }, token)).to.match(/The token expired at/)
      expect(await challengeOf({ secret, clockSkewMs: 2_000 }, token)).to.match(/The token expired at/)
    })

    it('tells the end that stands in the token, whatever clocks may differ', async () => {
      const exp = now() - 5
      expect((await userOf({ secret }, await sign({ exp }))).expiresAt).to.equal(exp * 1000)
    })

    for (const clockSkewMs of [-1, Number.NaN, '5m', null] as number[])
      it(`does not start with a clockSkewMs of ${clockSkewMs}`, () => {
        expect(() => jwtBearer({ secret, clockSkewMs }))
          .to.throw(ConfigurationError, 'clockSkewMs must be a number not below 0')
          .with.property('option', 'clockSkewMs')
      })
  })

  describe('looking at whom a token is from and for', () => {
    const options = { secret, issuer: 'https://issuer.example', audience: ['chat', 'other'] }
    const good = { iss: 'https://issuer.example', aud: 'chat' }

    it('accepts the right ones', async () => {
      const token = await sign({ ...good, exp: inAMinute() })
      expect((await userOf(options, token)).findFirst('aud')).to.equal('chat')
    })

    const wrong = [
      { name: 'another issuer', claims: { ...good, iss: 'https://evil.example' } },
      { name: 'no issuer', claims: { aud: 'chat' } },
      { name: 'another audience', claims: { ...good, aud: 'mail' } },
      { name: 'no audience', claims: { iss: good.iss } },
    ]
    for (const { name, claims } of wrong)
      it(`refuses ${name}`, async () => {
        const token = await sign({ ...claims, exp: inAMinute() })
        expect(await challengeOf(options, token)).to.equal('Bearer error="invalid_token"')
      })
  })

  describe('with a public key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const ed = generateKeyPairSync('ed25519')
    const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
    const any = { issuer: null, audience: null }
    const pairs = [
      { alg: 'RS256', ...rsa },
      { alg: 'PS384', ...rsa },
      { alg: 'ES256', ...ec },
      { alg: 'EdDSA', ...ed },
    ]

    for (const { alg, publicKey, privateKey } of pairs) {
      it(`accepts ${alg}, the key as PEM`, async () => {
        const token = await sign({ sub: 'ann', exp: inAMinute() }, privateKey, { alg })
        expect((await userOf({ publicKey: pem(publicKey), ...any }, token)).findFirst('sub')).to.equal('ann')
      })

      it(`accepts ${alg}, the key as an object`, async () => {
        const token = await sign({ sub: 'ann', exp: inAMinute() }, privateKey, { alg })
        expect((await userOf({ publicKey, ...any }, token)).findFirst('sub')).to.equal('ann')
      })
    }

    it('refuses a token of another key', async () => {
      const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      const token = await sign({ exp: inAMinute() }, other.privateKey, { alg: 'ES256' })
      expect(await challengeOf({ publicKey: ec.publicKey, ...any }, token)).to.equal('Bearer error="invalid_token"')
    })

    it('refuses a token that takes the public key for a shared secret', async () => {
      const token = await sign({ exp: inAMinute() }, pem(rsa.publicKey))
      const options = { publicKey: pem(rsa.publicKey), ...any }
      expect(await challengeOf(options, token)).to.equal('Bearer error="invalid_token"')
    })

    it('refuses a token that names an algorithm of another kind of key', async () => {
      const token = await sign({ exp: inAMinute() }, ec.privateKey, { alg: 'ES256' })
      expect(await challengeOf({ publicKey: rsa.publicKey, ...any }, token)).to.equal('Bearer error="invalid_token"')
    })
  })

  describe('with the keys an issuer publishes', () => {
    const first = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const second = generateKeyPairSync('rsa', { modulusLength: 2048 })
    let issuer: Server
    let requests: number
    let respond: () => Promise<string> | string
    let options: JwtBearerOptions & { jwksUrl: string }

    beforeEach(async () => {
      requests = 0
      respond = async () =>
        JSON.stringify({
          keys: [
            { ...(await exportJWK(first.publicKey)), kid: 'first', alg: 'ES256' },
            { ...(await exportJWK(second.publicKey)), kid: 'second', alg: 'RS256' },
          ],
        })
      issuer = createServer(async (_request, response) => {
        requests++
        response.end(await respond())
      }).listen(0, '127.0.0.1')
      await once(issuer, 'listening')
      const { port } = issuer.address() as AddressInfo
      options = { jwksUrl: `http://127.0.0.1:${port}/jwks.json`, issuer: null, audience: null }
    })

    afterEach(() => {
      issuer.closeAllConnections()
      issuer.close()
    })

    it('accepts a token of each of them', async () => {
      const one = await sign({ sub: 'ann', exp: inAMinute() }, first.privateKey, { alg: 'ES256', kid: 'first' })
      const other = await sign({ sub: 'bob', exp: inAMinute() }, second.privateKey, { alg: 'RS256', kid: 'second' })
      expect((await userOf(options, one)).findFirst('sub')).to.equal('ann')
      expect((await userOf(options, other)).findFirst('sub')).to.equal('bob')
    })

    it('asks for them once', async () => {
      const hook = jwtBearer(options)
      const token = await sign({ exp: inAMinute() }, first.privateKey, { alg: 'ES256', kid: 'first' })
      for (let count = 0; count < 3; count++) await hook(requestWith({ authorization: `Bearer ${token}` }))
      expect(requests).to.equal(1)
    })

    it('refuses a token of a key that is not among them', async () => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      const unknown = await sign({ exp: inAMinute() }, privateKey, { alg: 'ES256', kid: 'third' })
      const stolen = await sign({ exp: inAMinute() }, privateKey, { alg: 'ES256', kid: 'first' })
      expect(await challengeOf(options, unknown)).to.equal('Bearer error="invalid_token"')
      expect(await challengeOf(options, stolen)).to.equal('Bearer error="invalid_token"')
    })

    it('refuses a token signed with a secret, whatever that is', async () => {
      const token = await sign({ exp: inAMinute() }, secret, { kid: 'first' })
      expect(await challengeOf(options, token)).to.equal('Bearer error="invalid_token"')
    })

    it('rejects when they cannot be had: that is no fault of the token', async () => {
      respond = () => 'no keys today'
      const token = await sign({ exp: inAMinute() }, first.privateKey, { alg: 'ES256', kid: 'first' })
      const error = await authenticate(options, token).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(error)
        .to.be.an.instanceOf(Error)
        .with.property('message', `The keys of ${new URL(options.jwksUrl).origin} cannot be had.`)
    })
  })

  describe('looking for the token', () => {
    const hook = jwtBearer({ secret })
    let token: string

    before(async () => {
      token = await sign({ sub: 'ann', exp: inAMinute() })
    })

    const found = [
      { name: 'in the header', request: () => ({ authorization: `Bearer ${token}` }) },
      { name: 'in the header, whatever the case of its scheme', request: () => ({ authorization: `bearer ${token}` }) },
      { name: 'in the query', request: () => ({ query: `id=1&access_token=${token}` }) },
      {
        name: 'in the header rather than in the query',
        request: () => ({ authorization: `Bearer ${token}`, query: 'access_token=x' }),
      },
    ]
    for (const { name, request } of found)
      it(`finds it ${name}`, async () => {
        expect(await hook(requestWith(request()))).to.have.property('isAuthenticated', true)
      })

    /** Seen on ASP.NET Core 10.0.12. */
    const missing = [
      { name: 'there is none', request: () => ({}) },
      { name: 'the query has an empty one', request: () => ({ query: 'access_token=' }) },
      { name: 'the header has an empty one', request: () => ({ authorization: 'Bearer ' }) },
      {
        name: 'the header has another scheme, even with one in the query',
        request: () => ({ authorization: 'Basic abc', query: `access_token=${token}` }),
      },
    ]
    for (const { name, request } of missing)
      it(`challenges at once when ${name}`, () => {
        expect(hook(requestWith(request()))).to.deep.equal({ challenge: 'Bearer' })
      })
  })

  describe('set up wrongly', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const mistakes: readonly { readonly option: string; readonly options: unknown }[] = [
      { option: 'jwtBearer', options: {} },
      { option: 'secret', options: { secret: 'too short' } },
      { option: 'secret', options: { secret: undefined } },
      { option: 'publicKey', options: { publicKey: 'no key', issuer: null, audience: null } },
      { option: 'publicKey', options: { publicKey: privateKey, issuer: null, audience: null } },
      { option: 'jwksUrl', options: { jwksUrl: '/jwks.json', issuer: null, audience: null } },
      { option: 'issuer', options: { jwksUrl: 'https://issuer.example/jwks.json', audience: 'chat' } },
      { option: 'audience', options: { jwksUrl: 'https://issuer.example/jwks.json', issuer: 'me' } },
    ]
    for (const { option, options } of mistakes)
      it(`names ${option} of ${JSON.stringify(options)}`, () => {
        expect(() => jwtBearer(options as JwtBearerOptions))
          .to.throw(ConfigurationError)
          .with.property('option', option)
      })
  })
})
