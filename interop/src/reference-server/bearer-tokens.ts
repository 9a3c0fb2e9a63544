import { createHmac, randomBytes } from 'node:crypto'
import { type Authenticate, claimTypes, jwtBearer } from 'signalbox'

/** Issues the tokens of `/generateJwtToken` and accepts them. */
export class BearerTokens {
  // Known to this process only: a token of another run must not be accepted.
  readonly #key = randomBytes(32)
  readonly authenticate: Authenticate = jwtBearer({ secret: this.#key, clockSkewMs: 0 })

  issue(user: string, lifetimeSeconds: number, role: string | undefined): string {
    const expiry = Math.floor(Date.now() / 1000) + lifetimeSeconds
    // As .NET's token handler writes them: claims under their long names.
    const claims = { [claimTypes.nameIdentifier]: user, [claimTypes.role]: role, exp: expiry }
    const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
    return `${content}.${createHmac('sha256', this.#key).update(content).digest('base64url')}`
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
