import { throughConnectedFilters, throughDisconnectedFilters } from '../authoring/hub-filter.js'
import type { HubDispatcher } from '../dispatch/hub-dispatcher.js'
import { runActivity } from '../hub-telemetry.js'
import type { HubConnection } from './hub-connection.js'
import { HubLifeScope } from './hub-life-scope.js'

/**
 * Takes a connection into the lifetime manager, then tells its hub; synchronous where both are.
 * @throws, or rejects with, whatever one of them throws.
 * @source HubConnectionHandler.OnConnectedAsync, DefaultHubDispatcher.OnConnectedAsync
 */
export function dispatchConnected(dispatcher: HubDispatcher, connection: HubConnection): void | Promise<void> {
  const registered = dispatcher.runtime.manager.onConnected(connection)
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
  const hub = dispatcher.invoker.createHub(new HubLifeScope(connection, 'OnConnectedAsync'))
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
  const { failures, recurringLog, manager, descriptor } = dispatcher.runtime
  let failure: unknown
  if (hasConnected) {
    try {
      await watchOnDisconnected(dispatcher, connection, error)
    } catch (thrown) {
      failure = thrown ?? new Error('onDisconnected failed')
      failures.failed(`${descriptor.name}.onDisconnected`, thrown)
    }
  }
  connection.endUploads()
  try {
    await manager.onDisconnected(connection)
  } catch (thrown) {
    const { name } = descriptor
    const message = `${name}: a connection could not be taken off the lifetime manager.`
    recurringLog.error(`disconnectFailed ${name}`, message, thrown)
  }
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
  const hub = dispatcher.invoker.createHub(new HubLifeScope(connection, 'OnDisconnectedAsync'))
  const { filters } = dispatcher.options
  if (filters.length === 0) return hub.onDisconnected(error)
  return throughDisconnectedFilters(filters, connection.callerContext, error, last => hub.onDisconnected(last))
}
