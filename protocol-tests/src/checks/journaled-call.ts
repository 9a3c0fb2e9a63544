import type { HubConnection } from '../drivers/hub-connection.js'
import { invocation } from '../drivers/hub-messages.js'
import { ProbeJournal } from '../drivers/probe-journal.js'
import type { ConnectOptions, ServerUnderTest } from '../server-under-test.js'

export interface JournaledCall {
  readonly connection: HubConnection
  readonly journal: ProbeJournal
}

/**
 * Calls a method of the probe hub that takes the key of a journal: there it tells what happens to it, or waits to be
 * released.
 */
export async function startJournaledCall(
  server: ServerUnderTest,
  call: (journalKey: string) => object,
  options?: ConnectOptions,
): Promise<JournaledCall> {
  const journal = await ProbeJournal.open(server)
  const connection = await server.connect('/probe', options)
  await connection.send(call(journal.key))
  return { connection, journal }
}

/** A plain call with the id `a` that runs until its journal is released. */
export async function startBlockedCall(server: ServerUnderTest, options?: ConnectOptions): Promise<JournaledCall> {
  const started = await startJournaledCall(server, key => invocation('a', 'BlockUntilReleased', key), options)
  await started.journal.eventsUntil('blocked')
  return started
}
