import type { ConnectionHandler } from '@signalbox/abstractions'
import { type HubOptions, resolveHubOptions } from './authoring/hub-options.js'
import { HubHandshake } from './connection/hub-handshake.js'
import { HubDispatcher } from './dispatch/hub-dispatcher.js'
import type { HubRuntime } from './hub-runtime.js'

/** The application that runs a hub on every connection it is given. @throws ConfigurationError for an option out of range. */
export function hubConnectionHandler(runtime: HubRuntime, options: HubOptions): ConnectionHandler {
  const dispatcher = new HubDispatcher(runtime, resolveHubOptions(options))
  return connection => {
    connection.receiver = new HubHandshake(connection, dispatcher)
  }
}
