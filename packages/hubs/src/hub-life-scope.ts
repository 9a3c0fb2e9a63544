import { InvalidOperationError } from './argument-errors.js'
import type { GroupManager } from './group-manager.js'
import type { HubScope } from './hub.js'
import type { HubCallerContext } from './hub-caller-context.js'
import { type ClientResultScope, LifetimeManagerCallerClients } from './hub-clients.js'
import type { HubConnectionContext } from './hub-connection-context.js'

/** What a hub instance works with during `onConnected` and `onDisconnected`. */
export class HubLifeScope implements HubScope, ClientResultScope {
  readonly #connection: HubConnectionContext
  readonly #isConnecting: boolean
  #clients: LifetimeManagerCallerClients | undefined

  constructor(connection: HubConnectionContext, isConnecting: boolean) {
    this.#connection = connection
    this.#isConnecting = isConnecting
  }

  get callerContext(): HubCallerContext {
    return this.#connection.callerContext
  }

  get callerClients(): LifetimeManagerCallerClients {
    this.#clients ??= new LifetimeManagerCallerClients(this.#connection, this)
    return this.#clients
  }

  get groupManager(): GroupManager {
    return this.#connection.runtime.groups
  }

  /** No message of the client is read before `onConnected` is done, its answer neither: it would wait for ever. */
  beforeClientResult(): void {
    if (this.#isConnecting)
      throw new InvalidOperationError('Client results inside OnConnectedAsync Hub methods are not allowed.')
  }
}
