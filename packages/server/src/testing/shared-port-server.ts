/**
 * A server in a process of its own that shares its port: `node shared-port-server.js uWebSockets.js|node:http PORT`. It
 * tells its port, or why it does not listen, and answers each request with the id of its process. With `cluster` behind
 * that it is the primary of two such.
 */
import cluster from 'node:cluster'
import { createServer } from '../signalbox-server.js'
import { hostFactories } from './host-factories.js'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const [, , title, port, kind] = process.argv

process.on('disconnect', () => process.exit())
if (kind === 'cluster' && cluster.isPrimary) {
  for (let worker = 0; worker < 2; worker++) cluster.fork().on('message', message => process.send?.(message))
} else {
  const { create } = hostFactories.find(factory => factory.title === title)!
  const server = createServer({ host: create(), logger: quiet })
  server.mapRequest('/', () => ({ status: 200, body: String(process.pid) }))
  try {
    process.send?.((await server.listen({ port: Number(port), shared: true })).port)
  } catch (error) {
    process.send?.(String(error))
  }
}
