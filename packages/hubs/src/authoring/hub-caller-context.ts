import type { ClaimsPrincipal, ConnectionFeatures, HttpRequest } from '@signalbox/abstractions'
import type { HubConnectionContext } from '../connection/hub-connection-context.js'

/**
 * The connection that called, as a hub sees it; the same object for every call of one connection, until its credentials
 * are refreshed.
 * @source HubCallerContext
 */
export class HubCallerContext {
  readonly #connection: HubConnectionContext
  /** Who the client is, an anonymous principal when nobody is known. A call keeps the one it started with. */
  readonly user: ClaimsPrincipal

  constructor(connection: HubConnectionContext) {
    this.#connection = connection
    this.user = connection.features.user
  }

  get connectionId(): string {
    return this.#connection.connectionId
  }

  /** The user the connection belongs to, from the user-id provider; undefined when anonymous. */
  get userIdentifier(): string | undefined {
    return this.#connection.userIdentifier
  }

  /** Whatever the application keeps for as long as the connection lives. */
  get items(): Map<unknown, unknown> {
    return this.#connection.items
  }

  get features(): ConnectionFeatures {
    return this.#connection.features
  }

  /** The request that opened the transport (long polling: the first poll). */
  get httpRequest(): HttpRequest {
    return this.#connection.features.httpRequest
  }

  /** Fires when the connection ends, before `onDisconnected` runs. */
  get connectionAborted(): AbortSignal {
    return this.#connection.connectionAborted
  }

  /** Ends the connection: the client gets a Close message without reconnect, and nothing after it. */
  abort(): void {
    this.#connection.abort()
  }
}
