import type { ConnectionHandler } from '@signalbox/abstractions'
import { HubDispatcher } from './hub-dispatcher.js'
import { HubHandshake } from './hub-handshake.js'
import { type HubOptions, resolveHubOptions } from './hub-options.js'
import type { HubRuntime } from './hub-runtime.js'

/** The application that runs a hub on every connection it is given. @throws ConfigurationError for an option out of range. */
export function hubConnectionHandler(runtime: HubRuntime, options: HubOptions): ConnectionHandler {
  const dispatcher = new HubDispatcher(runtime, resolveHubOptions(options))
  return connection => {
    connection.receiver = new HubHandshake(connection, dispatcher)
  }
}
