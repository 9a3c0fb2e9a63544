/**
 * A server in a process of its own, so that what clients make it keep can be measured: `node --expose-gc
 * memory-server.js uWebSockets.js|node:http`. It tells its port, and answers every message with the bytes it has in
 * memory.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { ConnectionContext } from '@signalbox/abstractions'
import { createServer } from '../signalbox-server.js'
import { hostFactories } from './host-factories.js'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const { create } = hostFactories.find(({ title }) => title === process.argv[2])!
const server = createServer({ host: create(), logger: quiet })

/** An application that is busy for ever. */
server.mapConnection('/busy', (connection: ConnectionContext) => {
  connection.receiver = { onReceive() {}, onEnd: () => connection.close(), onHeartbeat() {} }
  connection.pause()
})

/** One that forgets what it reads. */
server.mapConnection('/eager', (connection: ConnectionContext) => {
  connection.receiver = { onReceive() {}, onEnd: () => connection.close(), onHeartbeat() {} }
})

process.on('message', async () => {
  await turn()
  globalThis.gc?.()
  process.send?.(process.memoryUsage().rss)
})
process.on('disconnect', () => process.exit())

const { port } = await server.listen(0)
process.send?.(port)
