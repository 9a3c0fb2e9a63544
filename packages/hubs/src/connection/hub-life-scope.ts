import type { GroupManager } from '../authoring/group-manager.js'
import type { HubScope } from '../authoring/hub.js'
import type { HubCallerContext } from '../authoring/hub-caller-context.js'
import { type ClientResultScope, LifetimeManagerCallerClients } from '../authoring/hub-clients.js'
import type { HubContext } from '../authoring/hub-context.js'
import { InvalidOperationError } from '../dispatch/argument-errors.js'
import type { HubConnection } from './hub-connection.js'

/** What a hub is told of in the life of a connection, by the names of .NET, which stand in error texts. */
export type HubLifeEvent = 'OnConnectedAsync' | 'OnAuthenticationRefreshedAsync' | 'OnDisconnectedAsync'

/** What a hub instance works with during `onConnected`, `onAuthenticationRefreshed` and `onDisconnected`. */
export class HubLifeScope implements HubScope, ClientResultScope {
  readonly callerContext: HubCallerContext
  readonly #connection: HubConnection
  readonly #event: HubLifeEvent
  #clients: LifetimeManagerCallerClients | undefined

  constructor(connection: HubConnection, event: HubLifeEvent, callerContext = connection.callerContext) {
    this.#connection = connection
    this.#event = event
    this.callerContext = callerContext
  }

  get callerClients(): LifetimeManagerCallerClients {
    this.#clients ??= new LifetimeManagerCallerClients(this.#connection.runtime, this.#connection.connectionId, this)
    return this.#clients
  }

  get groupManager(): GroupManager {
    return this.#connection.runtime.groups
  }

  get hubContext(): HubContext {
    return this.#connection.runtime.context
  }

  /**
   * No message of the client is read before `onConnected` is done, its answer neither, nor perhaps while `onAuthenticationRefreshed` holds a
   * slot: it would wait for ever. @source HubCallerClients, NoInvokeSingleClientProxy
   */
  beforeClientResult(): void {
    if (this.#event !== 'OnDisconnectedAsync')
      throw new InvalidOperationError(`Client results inside ${this.#event} Hub methods are not allowed.`)
  }
}
