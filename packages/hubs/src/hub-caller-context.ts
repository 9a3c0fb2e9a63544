import type { ClaimsPrincipal, ConnectionFeatures, HttpRequest } from '@signalbox/abstractions'
import type { HubConnectionContext } from './hub-connection-context.js'

/** The connection that called, as a hub sees it; the same object for every call of one connection. @source HubCallerContext */
export class HubCallerContext {
  readonly #connection: HubConnectionContext
  #items: Map<unknown, unknown> | undefined

  constructor(connection: HubConnectionContext) {
    this.#connection = connection
  }

  get connectionId(): string {
    return this.#connection.connectionId
  }

  /** The user the connection belongs to, from the user-id provider; undefined when anonymous. */
  get userIdentifier(): string | undefined {
    return this.#connection.userIdentifier
  }

  /** Who the client is; never undefined, an anonymous principal when nobody is known. Stays the one of the connect. */
  get user(): ClaimsPrincipal {
    return this.#connection.features.user
  }

  /** Whatever the application keeps for as long as the connection lives. */
  get items(): Map<unknown, unknown> {
    this.#items ??= new Map()
    return this.#items
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
