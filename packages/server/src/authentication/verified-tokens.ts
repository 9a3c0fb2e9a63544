import type { ClaimsPrincipal } from '@signalbox/abstractions'

const maximumTokens = 10_000
/** As short as that, because a key that its issuer withdraws should not live on in here. */
const lifetimeMs = 60_000

/**
 * Users whose tokens have just been verified: a client shows the same one with negotiate, its socket, and each of its
 * polls and POSTs.
 */
export class VerifiedTokens {
  readonly #clockSkewMs: number
  /** Oldest first. */
  readonly #entries = new Map<string, { readonly user: ClaimsPrincipal; readonly until: number }>()

  /** @param clockSkewMs - how long a token counts after its end. */
  constructor(clockSkewMs: number) {
    this.#clockSkewMs = clockSkewMs
  }

  /** @param now - milliseconds of `Date.now()`. */
  find(token: string, now: number): ClaimsPrincipal | undefined {
    const entry = this.#entries.get(token)
    return entry !== undefined && now < entry.until ? entry.user : undefined
  }

  add(token: string, user: ClaimsPrincipal, now: number): void {
    this.#entries.delete(token)
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size >= maximumTokens) this.#entries.delete(oldest)
    this.#entries.set(token, {
      user,
      until: Math.min((user.expiresAt ?? Infinity) + this.#clockSkewMs, now + lifetimeMs),
    })
  }
}
