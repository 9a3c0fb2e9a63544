import type { HubCallerContext } from '../authoring/hub-caller-context.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import type { HubConnection } from './hub-connection.js'
import { HubLifeScope } from './hub-life-scope.js'

/** A client may refresh as often as it likes while a method holds its only slot. */
const mostUntold = 100

/**
 * Tells a hub that the credentials of one connection were refreshed: once for each time, one after the other, and as with an invocation only
 * while a slot is free. No filter surrounds it and no span stands for it, as in .NET 11.
 * @source Hub.OnAuthenticationRefreshedAsync
 */
export class AuthenticationRefreshes {
  readonly #connection: HubConnection
  readonly #dispatcher: HubDispatcher
  /** One for each refresh the hub has not been told of, with the user it brought; the latest hundred. */
  readonly #untold: HubCallerContext[] = []
  #isTelling = false

  constructor(connection: HubConnection, dispatcher: HubDispatcher) {
    this.#connection = connection
    this.#dispatcher = dispatcher
  }

  /** Calls that start from here on see the new user, whether the hub has been told or not. */
  add(): void {
    if (this.#untold.push(this.#connection.renewCallerContext()) > mostUntold) this.#untold.shift()
  }

  /** Tells of the next one, if its turn has come. */
  tellNext(): void {
    const { maximumParallelInvocationsPerClient } = this.#dispatcher.options
    if (this.#isTelling || this.#connection.runningInvocations >= maximumParallelInvocationsPerClient) return
    const callerContext = this.#untold.shift()
    if (callerContext !== undefined) void this.#tell(callerContext)
  }

  async #tell(callerContext: HubCallerContext): Promise<void> {
    this.#isTelling = true
    this.#connection.runningInvocations++
    try {
      const scope = new HubLifeScope(this.#connection, 'OnAuthenticationRefreshedAsync', callerContext)
      await this.#dispatcher.invoker.createHub(scope).onAuthenticationRefreshed()
    } catch (error) {
      const { descriptor, failures } = this.#dispatcher.runtime
      failures.failed(`${descriptor.name}.onAuthenticationRefreshed`, error)
    }
    this.#isTelling = false
    this.#connection.runningInvocations--
    this.#connection.onReady()
  }
}
