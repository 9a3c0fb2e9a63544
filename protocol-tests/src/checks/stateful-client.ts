import assert from 'node:assert/strict'
import type { HubConnection } from '../drivers/hub-connection.js'
import { completedWith, invocation } from '../drivers/hub-messages.js'

/** What a client negotiates to be able to come back. */
export const stateful = { useStatefulReconnect: true, version: 2 }

/** Calls that are told from each other by their ids alone, and what they are answered. */
export const echo = (id: string) => invocation(id, 'Echo', id)
export const echoed = (id: string) => completedWith(id, id)

/** The next messages that are no Acks: those come by the clock. */
export async function expectBetweenAcks(connection: HubConnection, ...expected: readonly object[]): Promise<void> {
  for (const message of expected) {
    let next = await connection.next()
    while (next.startsWith('{"type":8,')) next = await connection.next()
    assert.equal(next, JSON.stringify(message))
  }
}
