import type { HubCallerContext } from '../authoring/hub-caller-context.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import type { HubConnection } from './hub-connection.js'
import { HubLifetimeScope } from './hub-lifetime-events.js'

/** A client may refresh as often as it likes while a method holds its only slot. */
const mostPending = 100

/**
 * Tells a hub that the credentials of one connection were refreshed: once for each time, one after the other, and as
 * with an invocation only while a slot is free. No filter surrounds it and no span stands for it, as in .NET 11.
 * @source Hub.OnAuthenticationRefreshedAsync
 */
export class AuthenticationRefreshes {
  readonly #connection: HubConnection
  readonly #dispatcher: HubDispatcher
  /** One for each refresh that the hub does not know of yet, with the user it brought; the latest hundred. */
  readonly #pending: HubCallerContext[] = []
  #isTelling = false

  constructor(connection: HubConnection, dispatcher: HubDispatcher) {
    this.#connection = connection
    this.#dispatcher = dispatcher
  }

  /** Calls that start from here on see the new user, whether the hub knows or not. */
  add(): void {
    if (this.#pending.push(this.#connection.renewCallerContext()) > mostPending) this.#pending.shift()
  }

  /** Tells the hub of the next one, if a slot is free. */
  tellNext(): void {
    const { maximumParallelInvocationsPerClient } = this.#dispatcher.options
    if (this.#isTelling || this.#connection.calls.running >= maximumParallelInvocationsPerClient) return
    const callerContext = this.#pending.shift()
    if (callerContext !== undefined) void this.#tell(callerContext)
  }

  async #tell(callerContext: HubCallerContext): Promise<void> {
    const { calls } = this.#connection
    this.#isTelling = true
    calls.running++
    try {
      const scope = new HubLifetimeScope(this.#connection, 'OnAuthenticationRefreshedAsync', callerContext)
      await this.#dispatcher.invoker.createHub(scope).onAuthenticationRefreshed()
    } catch (error) {
      const { descriptor, failures } = this.#dispatcher.runtime
      failures.failed(`${descriptor.name}.onAuthenticationRefreshed`, error)
    }
    this.#isTelling = false
    calls.running--
    calls.onReady()
  }
}
