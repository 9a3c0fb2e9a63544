import type { ResolvedHubOptions } from './hub-options.js'

/**
 * When a connection is to be pinged, and when it has been silent for too long. All are looked at once a second, so each fires up to a second late, as in
 * ASP.NET Core; there is no timer per connection.
 * @source HubConnectionContext.KeepAliveTick, CheckClientTimeout
 */
export class HubConnectionTimers {
  readonly #startedAt: number
  #lastPingAt: number
  /** Messages only leave this flag: the clock is read at the heartbeat. */
  hasReceived = true
  /** Until a client has pinged once it may be silent for ever. */
  isPingedByClient = false
  #lastReceivedAt = 0

  constructor(now: number) {
    this.#startedAt = now
    this.#lastPingAt = now
  }

  isHandshakeLate(now: number, options: Readonly<ResolvedHubOptions>): boolean {
    return now - this.#startedAt >= options.handshakeTimeoutMs
  }

  /** Measured between attempts: other messages do not put a ping off. */
  isPingDue(now: number, options: Readonly<ResolvedHubOptions>): boolean {
    if (now - this.#lastPingAt <= options.keepAliveIntervalMs) return false
    this.#lastPingAt = now
    return true
  }

  /** @param isWaiting - the server reads nothing at the moment, so silence is not the client's fault. */
  isClientLate(now: number, isWaiting: boolean, options: Readonly<ResolvedHubOptions>): boolean {
    if (this.hasReceived || isWaiting) {
      this.hasReceived = false
      this.#lastReceivedAt = now
      return false
    }
    return this.isPingedByClient && now - this.#lastReceivedAt >= options.clientTimeoutIntervalMs
  }
}
