import type { KeyObject } from 'node:crypto'
import {
  anObject,
  ConfigurationError,
  checkOptions,
  either,
  type HttpRequest,
  instanceOf,
  listOf,
  numberFrom,
  type OptionTable,
  oneOf,
  text,
} from '@signalbox/abstractions'
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Authenticate, AuthenticationResult } from './authenticate.js'
import { type JwtKey, KeysUnavailableError, publicKey, remoteKeys, secretKey } from './jwt-keys.js'
import { claimsOf, createPrincipal } from './principal.js'
import { VerifiedTokens } from './verified-tokens.js'

/** Whom a token must come from and be meant for. */
interface JwtChecks {
  /**
   * Whose tokens are accepted; null for all. Needed, except with `secret`. Default with `secret` any is accepted. .NET:
   * ValidIssuer.
   */
  readonly issuer?: string | readonly string[] | null
  /**
   * For whom the tokens are that are accepted; null for anybody. Needed, except with `secret`. Default with `secret`
   * any is accepted. .NET: ValidAudience.
   */
  readonly audience?: string | readonly string[] | null
  /** Signature algorithms that are accepted. Default all that fit the key. .NET: ValidAlgorithms. */
  readonly algorithms?: readonly string[]
  /**
   * How far the clocks of issuer and server may differ: that long a token is accepted before its `nbf` and after its
   * `exp`. What ends connections whose credentials expire goes by `exp` alone. Default 300,000 ms. .NET:
   * TokenValidationParameters.ClockSkew.
   */
  readonly clockSkewMs?: number
}

/** A secret shared with the issuer: who knows it, is the issuer. */
interface SecretOptions extends JwtChecks {
  /**
   * A secret shared with the issuer, at least 32 bytes. One of `secret`, `publicKey` and `jwksUrl` is needed. Default
   * none. .NET: IssuerSigningKey.
   */
  readonly secret: string | Uint8Array
}

/** A public key signs for many applications, so what a token is for has to be said. */
interface PublicKeyOptions extends JwtChecks {
  /**
   * The issuer's public key: PEM, or a key of node:crypto. One of `secret`, `publicKey` and `jwksUrl` is needed.
   * Default none. .NET: IssuerSigningKey.
   */
  readonly publicKey: string | KeyObject
  /**
   * Whose tokens are accepted; null for all. Needed, except with `secret`. Default with `secret` any is accepted. .NET:
   * ValidIssuer.
   */
  readonly issuer: string | readonly string[] | null
  /**
   * For whom the tokens are that are accepted; null for anybody. Needed, except with `secret`. Default with `secret`
   * any is accepted. .NET: ValidAudience.
   */
  readonly audience: string | readonly string[] | null
}

/** The issuer's keys, from where it publishes them. */
interface JwksOptions extends JwtChecks {
  /**
   * Where the issuer publishes its keys: fetched when first needed, and again when an unknown one turns up. One of
   * `secret`, `publicKey` and `jwksUrl` is needed. Default none. .NET: MetadataAddress.
   */
  readonly jwksUrl: string | URL
  /**
   * Whose tokens are accepted; null for all. Needed, except with `secret`. Default with `secret` any is accepted. .NET:
   * ValidIssuer.
   */
  readonly issuer: string | readonly string[] | null
  /**
   * For whom the tokens are that are accepted; null for anybody. Needed, except with `secret`. Default with `secret`
   * any is accepted. .NET: ValidAudience.
   */
  readonly audience: string | readonly string[] | null
}

export type JwtBearerOptions = SecretOptions | PublicKeyOptions | JwksOptions

const accepts = either(either(text(), listOf('a list of texts', text())), oneOf(null))
const oneOfThree = 'One of `secret`, `publicKey` and `jwksUrl` is needed.'
const saidForMany = 'Needed, except with `secret`.'
const anyIs = 'with `secret` any is accepted'

export const jwtBearerOptionTable = {
  secret: {
    takes: either(text('a text of at least 32 bytes'), instanceOf('a Uint8Array', Uint8Array)),
    doc: `A secret shared with the issuer, at least 32 bytes. ${oneOfThree}`,
    dotNetName: 'IssuerSigningKey',
  },
  publicKey: {
    takes: either(text('PEM'), anObject<KeyObject>('a KeyObject')),
    doc: `The issuer's public key: PEM, or a key of node:crypto. ${oneOfThree}`,
    dotNetName: 'IssuerSigningKey',
  },
  jwksUrl: {
    takes: either(text('an address'), instanceOf('a URL', URL)),
    doc: `Where the issuer publishes its keys: fetched when first needed, and again when an unknown one turns up. ${oneOfThree}`,
    dotNetName: 'MetadataAddress',
  },
  issuer: {
    takes: accepts,
    doc: `Whose tokens are accepted; null for all. ${saidForMany}`,
    defaultText: anyIs,
    dotNetName: 'ValidIssuer',
  },
  // A misspelt audience would let in the tokens of every other application.
  audience: {
    takes: accepts,
    doc: `For whom the tokens are that are accepted; null for anybody. ${saidForMany}`,
    defaultText: anyIs,
    dotNetName: 'ValidAudience',
  },
  algorithms: {
    takes: listOf("a list such as ['RS256']", text()),
    doc: 'Signature algorithms that are accepted.',
    defaultText: 'all that fit the key',
    dotNetName: 'ValidAlgorithms',
  },
  clockSkewMs: {
    takes: numberFrom(0),
    doc:
      'How far the clocks of issuer and server may differ: that long a token is accepted before its `nbf` and after its' +
      ' `exp`. What ends connections whose credentials expire goes by `exp` alone.',
    default: 300_000,
    dotNetName: 'TokenValidationParameters.ClockSkew',
  },
} satisfies OptionTable<JwtBearerOptions>

/**
 * Authenticates by JSON Web Tokens: `Authorization: Bearer …`, or `access_token` in the query, since browsers cannot
 * set headers on WebSockets and event streams. A token must have an end (`exp`). Without a valid one nobody is known,
 * and a guarded hub answers 401.
 * @throws ConfigurationError for a key that is none, or that is missing what has to be checked.
 * @source JwtBearerHandler; seen on ASP.NET Core 10.0.12
 */
export function jwtBearer(options: JwtBearerOptions): Authenticate {
  checkOptions('jwtBearer', jwtBearerOptionTable, options)
  const { key, algorithms } = keyOf(options)
  const clockSkewMs = options.clockSkewMs ?? jwtBearerOptionTable.clockSkewMs.default
  const checks: JWTVerifyOptions = {
    algorithms: [...(options.algorithms ?? algorithms)],
    requiredClaims: ['exp'],
    clockTolerance: clockSkewMs / 1000,
    ...accepted('issuer', options),
    ...accepted('audience', options),
  }
  const verified = new VerifiedTokens(clockSkewMs)
  return request => {
    const token = tokenOf(request)
    if (token === undefined) return { challenge: 'Bearer' }
    return verified.find(token, Date.now()) ?? verify(token, key, checks, verified)
  }
}

/** A header, even of another scheme, goes before the query. */
function tokenOf(request: HttpRequest): string | undefined {
  const authorization = request.header('authorization')
  const token = authorization === undefined ? request.query('access_token') : /^bearer +(.+)$/i.exec(authorization)?.[1]
  return token === '' ? undefined : token
}

async function verify(
  token: string,
  key: JWTVerifyGetKey,
  checks: JWTVerifyOptions,
  verified: VerifiedTokens,
): Promise<AuthenticationResult> {
  let payload: JWTPayload
  try {
    payload = (await jwtVerify(token, key, checks)).payload
  } catch (error) {
    if (error instanceof KeysUnavailableError) throw error
    return { challenge: `Bearer error="invalid_token"${descriptionOf(error)}`, reason: String(error) }
  }
  const user = createPrincipal({ claims: claimsOf(payload), expiresAt: payload.exp! * 1000 })
  verified.add(token, user, Date.now())
  return user
}

/** Says no more than what the client can read in its own token. */
function descriptionOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return describeTime('The token expired at', error.payload.exp)
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    return describeTime('The token is not valid before', error.payload.nbf)
  return ''
}

/** The time as .NET's invariant culture writes it: `11/24/2026 11:31:41`; nothing for one that no calendar has. */
function describeTime(what: string, seconds: number | undefined): string {
  const time = new Date((seconds ?? Number.NaN) * 1000)
  if (Number.isNaN(time.getTime())) return ''
  const [, year, month, day, clock] = /^(.*)-(..)-(..)T(.{8})/.exec(time.toISOString()) ?? []
  return `, error_description="${what} '${month}/${day}/${year} ${clock}'"`
}

function keyOf(options: JwtBearerOptions): JwtKey {
  if ('secret' in options) return secretKey(options.secret)
  if ('publicKey' in options) return publicKey(options.publicKey)
  if ('jwksUrl' in options) return remoteKeys(options.jwksUrl)
  throw new ConfigurationError('jwtBearer', 'jwtBearer needs one of secret, publicKey and jwksUrl.')
}

/** The compiler asks for both where a key may sign for many; this does where there is no compiler. */
function accepted(name: 'issuer' | 'audience', options: JwtBearerOptions): JWTVerifyOptions {
  const value = options[name]
  if (value === undefined && !('secret' in options))
    throw new ConfigurationError(name, `${name} is missing: say whose tokens are accepted, or null for all.`)
  return value === undefined || value === null ? {} : { [name]: typeof value === 'string' ? value : [...value] }
}
