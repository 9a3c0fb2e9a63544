import type { HubScope } from '../authoring/hub.js'
import type { HubCallerContext } from '../authoring/hub-caller-context.js'
import { type ClientResultScope, LifetimeManagerCallerClients } from '../authoring/hub-clients.js'
import type { GroupManager, HubContext } from '../authoring/hub-context.js'
import { throughConnectedFilters, throughDisconnectedFilters } from '../authoring/hub-filter.js'
import { InvalidOperationError } from '../dispatch/argument-errors.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import { runActivity } from '../hub-telemetry.js'
import type { HubConnection } from './hub-connection.js'

/** What a hub is told of besides calls, by the names of .NET, which stand in error texts. */
type HubLifetimeEvent = 'OnConnectedAsync' | 'OnAuthenticationRefreshedAsync' | 'OnDisconnectedAsync'

/** What a hub instance works with during `onConnected`, `onAuthenticationRefreshed` and `onDisconnected`. */
export class HubLifetimeScope implements HubScope, ClientResultScope {
  readonly callerContext: HubCallerContext
  readonly #connection: HubConnection
  readonly #event: HubLifetimeEvent
  #clients: LifetimeManagerCallerClients | undefined

  constructor(connection: HubConnection, event: HubLifetimeEvent, callerContext = connection.callerContext) {
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
   * No message of the client is read before `onConnected` is done, its answer neither, nor perhaps while
   * `onAuthenticationRefreshed` holds a slot: it would wait for ever. @source HubCallerClients,
   * NoInvokeSingleClientProxy
   */
  beforeClientResult(): void {
    if (this.#event !== 'OnDisconnectedAsync')
      throw new InvalidOperationError(`Client results inside ${this.#event} Hub methods are not allowed.`)
  }
}

/**
 * Takes a connection into the lifetime manager, then tells its hub; synchronous where both are.
 * @throws, or rejects with, whatever one of them throws.
 * @source HubConnectionHandler.OnConnectedAsync, DefaultHubDispatcher.OnConnectedAsync
 */
export function dispatchConnected(dispatcher: HubDispatcher, connection: HubConnection): void | Promise<void> {
  const { manager, hooks } = dispatcher.runtime
  hooks.onConnected?.(connection)
  const registered = manager.onConnected(connection)
  return registered === undefined
    ? watchOnConnected(dispatcher, connection)
    : registered.then(() => watchOnConnected(dispatcher, connection))
}

function watchOnConnected(dispatcher: HubDispatcher, connection: HubConnection): void | Promise<void> {
  const { telemetry } = connection
  if (telemetry === undefined) return callOnConnected(dispatcher, connection)
  return runActivity(telemetry.startConnected(), () => callOnConnected(dispatcher, connection))
}

function callOnConnected(dispatcher: HubDispatcher, connection: HubConnection): void | Promise<void> {
  const hub = dispatcher.invoker.createHub(new HubLifetimeScope(connection, 'OnConnectedAsync'))
  const { filters } = dispatcher.options
  if (filters.length === 0) return hub.onConnected()
  return throughConnectedFilters(filters, connection.callerContext, () => hub.onConnected())
}

/**
 * Tells the hub of the end, if it has heard of the connection, then takes the connection off the lifetime manager.
 * @param hasConnected - `onConnected` was done without an error.
 * @param error - what broke the connection, if anything did.
 * @returns what the hub threw, if it did; never rejects.
 * @source HubConnectionHandler.HubOnDisconnectedAsync, DefaultHubDispatcher.OnDisconnectedAsync
 */
export async function dispatchDisconnected(
  dispatcher: HubDispatcher,
  connection: HubConnection,
  hasConnected: boolean,
  error: Error | undefined,
): Promise<unknown> {
  const { failures, recurringLog, manager, hooks, descriptor } = dispatcher.runtime
  const { name } = descriptor
  let failure: unknown
  if (hasConnected) {
    try {
      await watchOnDisconnected(dispatcher, connection, error)
    } catch (thrown) {
      failure = thrown ?? new Error('onDisconnected failed')
      failures.failed(`${name}.onDisconnected`, thrown)
    }
  }
  connection.calls.endUploads()
  try {
    await manager.onDisconnected(connection)
  } catch (thrown) {
    const message = `${name}: a connection could not be taken off the lifetime manager.`
    recurringLog.error(`disconnectFailed ${name}`, message, thrown)
  }
  hooks.onDisconnected?.(connection, error)
  return failure
}

function watchOnDisconnected(
  dispatcher: HubDispatcher,
  connection: HubConnection,
  error: Error | undefined,
): void | Promise<void> {
  const { telemetry } = connection
  if (telemetry === undefined) return callOnDisconnected(dispatcher, connection, error)
  return runActivity(telemetry.startDisconnected(), () => callOnDisconnected(dispatcher, connection, error))
}

function callOnDisconnected(
  dispatcher: HubDispatcher,
  connection: HubConnection,
  error: Error | undefined,
): void | Promise<void> {
  const hub = dispatcher.invoker.createHub(new HubLifetimeScope(connection, 'OnDisconnectedAsync'))
  const { filters } = dispatcher.options
  if (filters.length === 0) return hub.onDisconnected(error)
  return throughDisconnectedFilters(filters, connection.callerContext, error, last => hub.onDisconnected(last))
}
