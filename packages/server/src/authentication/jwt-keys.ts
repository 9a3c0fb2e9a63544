import { createPublicKey, KeyObject } from 'node:crypto'
import { ConfigurationError } from '@signalbox/abstractions'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'

/** Finds the key of a token, and the algorithms it may be signed with unless the application says. */
export interface JwtKey {
  readonly key: JWTVerifyGetKey
  readonly algorithms: readonly string[]
}

/** The issuer cannot be asked for its keys: no fault of the token. */
export class KeysUnavailableError extends Error {}

export function secretKey(secret: string | Uint8Array): JwtKey {
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array))
    throw new ConfigurationError('secret', 'secret is neither a text nor bytes: is an environment variable missing?')
  const bytes = Buffer.from(secret as string)
  if (bytes.length < 32)
    throw new ConfigurationError('secret', `secret has ${bytes.length} bytes; fewer than 32 can be guessed.`)
  return { key: async () => bytes, algorithms: ['HS256', 'HS384', 'HS512'] }
}

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}

export function publicKey(source: string | KeyObject): JwtKey {
  let key: KeyObject
  try {
    key = source instanceof KeyObject && source.type === 'public' ? source : createPublicKey(source as string)
  } catch (error) {
    throw new ConfigurationError('publicKey', 'publicKey is no public key: PEM or a KeyObject is needed.', error)
  }
  return { key: async () => key, algorithms: algorithmsOf(key) }
}

/** Only what fits: no token may choose how its key is to be read. */
function algorithmsOf(key: KeyObject): readonly string[] {
  const curve = key.asymmetricKeyDetails?.namedCurve
  if (key.asymmetricKeyType === 'rsa') return rsaAlgorithms
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519']
  const algorithm = curve === undefined ? undefined : curveAlgorithms[curve]
  if (algorithm !== undefined) return [algorithm]
  throw new ConfigurationError('publicKey', `publicKey: no token is signed by a key of type ${key.asymmetricKeyType}.`)
}

export function remoteKeys(url: string | URL): JwtKey {
  const find = createRemoteJWKSet(parsed(url))
  return {
    key: async (header, token) => {
      try {
        return await find(header, token)
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
        throw new KeysUnavailableError(`The keys of ${new URL(url).origin} cannot be had.`, { cause: error })
      }
    },
    algorithms: [...rsaAlgorithms, ...Object.values(curveAlgorithms), 'EdDSA', 'Ed25519'],
  }
}

function parsed(url: string | URL): URL {
  try {
    return new URL(url)
  } catch (error) {
    throw new ConfigurationError('jwksUrl', `jwksUrl '${String(url)}' is no URL.`, error)
  }
}
