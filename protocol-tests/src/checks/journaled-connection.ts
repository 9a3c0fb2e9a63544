import type { HubConnection } from '../drivers/hub-connection.js'
import { ProbeJournal } from '../drivers/probe-journal.js'
import type { ConnectOptions, ServerUnderTest } from '../server-under-test.js'

export interface JournaledConnection {
  readonly connection: HubConnection
  readonly journal: ProbeJournal
}

/**
 * A client of the probe hub whose life on the server is written into the journal: OnConnectedAsync, the abort,
 * OnDisconnectedAsync.
 */
export async function connectJournaled(
  server: ServerUnderTest,
  options: ConnectOptions = {},
): Promise<JournaledConnection> {
  const journal = await ProbeJournal.open(server)
  const query = options.query === undefined ? journal.query : `${journal.query}&${options.query}`
  return { connection: await server.connect('/probe', { ...options, query }), journal }
}
