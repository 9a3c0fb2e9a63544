import { MessageType, pingMessage } from '@signalbox/protocol'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import type { HubConnection } from './hub-connection.js'

/** How long calls that a client sent before it left may take to get their turn. */
const leaveTimeoutMs = 15_000

/**
 * When a connection is to be pinged, and when it has been silent for too long. All are looked at once a second, so each
 * fires up to a second late, as in ASP.NET Core; there is no timer per connection.
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
  #leavingSince: number | undefined

  constructor(now: number) {
    this.#startedAt = now
    this.#lastPingAt = now
  }

  isHandshakeLate(now: number, options: Readonly<ResolvedHubOptions>): boolean {
    return now - this.#startedAt >= options.handshakeTimeoutMs
  }

  /** Sends what is due: an acknowledgement for what has come since the last one, a ping. */
  keepAlive(now: number, connection: HubConnection, options: Readonly<ResolvedHubOptions>): void {
    const { output } = connection
    const sequenceId = output.messageBuffer?.takeAck()
    if (sequenceId !== undefined) output.writeMessage({ type: MessageType.Ack, sequenceId })
    if (connection.features.hasInherentKeepAlive || !this.#isPingDue(now, options)) return
    // A peer that does not take what it is owed needs no ping on top.
    if (!output.isCongested) output.writeMessage(pingMessage)
  }

  /** Measured between attempts: other messages do not put a ping off. */
  #isPingDue(now: number, options: Readonly<ResolvedHubOptions>): boolean {
    if (now - this.#lastPingAt <= options.keepAliveIntervalMs) return false
    this.#lastPingAt = now
    return true
  }

  /** Asked while calls that were sent before the client left wait for their turn. */
  hasLeaveTimedOut(now: number): boolean {
    this.#leavingSince ??= now
    return now - this.#leavingSince >= leaveTimeoutMs
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
