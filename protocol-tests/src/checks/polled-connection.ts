import assert from 'node:assert/strict'
import { staysPending } from '../drivers/deadline.js'
import type { HttpExchange } from '../drivers/http-exchange.js'
import { handshake } from '../drivers/hub-messages.js'
import type { ServerUnderTest } from '../server-under-test.js'

/** The path of a connection that is negotiated and has its first poll behind it: it is between polls. */
export async function startedPath(server: ServerUnderTest, hub = '/testhub'): Promise<string> {
  const path = await server.negotiatedPath(hub)
  assert.equal((await server.get(path)).status, 200)
  return path
}

/** As above, with the hub handshake done. */
export async function connectedPath(server: ServerUnderTest, hub = '/testhub'): Promise<string> {
  const path = await startedPath(server, hub)
  await server.post(path, handshake)
  assert.equal((await server.get(path)).body, '{}\x1e')
  return path
}

/** A poll that has arrived and has nothing to bring. */
export async function waitingPoll(server: ServerUnderTest, path: string): Promise<HttpExchange> {
  const poll = server.start('GET', path)
  await staysPending(poll.answer, 'the poll’s answer', 200)
  return poll
}
