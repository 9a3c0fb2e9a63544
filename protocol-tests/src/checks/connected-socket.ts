import assert from 'node:assert/strict'
import { handshake } from '../drivers/hub-messages.js'
import type { RawWebSocket } from '../drivers/raw-web-socket.js'
import type { ServerUnderTest } from '../server-under-test.js'

/** A WebSocket, frame by frame, with the hub handshake done. */
export async function connectedSocket(
  server: ServerUnderTest,
  path = '/testhub',
  request = handshake,
): Promise<RawWebSocket> {
  const socket = await server.rawWebSocket(path)
  socket.sendText(request)
  assert.equal(await socket.next(), 'text {}\x1e')
  return socket
}
