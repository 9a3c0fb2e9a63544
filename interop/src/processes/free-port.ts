import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/**
 * A port nobody listens on. For a server that will be started a second time on its port: uWebSockets.js sets
 * SO_REUSEADDR only when it is given a port other than 0, and without it the connections of the first run block the
 * port for a minute.
 */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
