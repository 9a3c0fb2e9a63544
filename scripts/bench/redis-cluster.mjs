/** Two nodes of one application and the Redis between them. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { startServer } from './server-process.mjs'

const READY_LIMIT_MS = 20_000
const NODES = 2

/**
 * @typedef {object} RedisCluster
 * @property {{ ports: string, pid: string }} load - how sigload reaches the nodes, and whose CPU time it reads.
 * @property {() => boolean} isRunning
 * @property {() => Promise<void>} stop
 */

/**
 * Redis gets the load tool's core: the nodes are what is measured, and Redis has little to do, since it sends each
 * broadcast twice.
 * @param {import('./servers.mjs').BenchServer} server
 * @param {{ server: string[], load: string[] }} pinning
 * @returns {Promise<RedisCluster>} once both nodes hear each other.
 */
export async function startCluster(server, pinning) {
  const redisPort = await freePort()
  const redis = await startServer(redisOn(redisPort), pinning.load)
  /** @type {import('./server-process.mjs').RunningServer[]} */
  const nodes = []
  const stop = async () => {
    await Promise.all(nodes.map(node => node.stop()))
    await redis.stop()
  }
  try {
    for (let node = 0; node < NODES; node++)
      nodes.push(await startServer(server, pinning.server, ['--redis', `redis://127.0.0.1:${redisPort}`]))
    await Promise.all(nodes.map(node => untilReady(server, node)))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    load: { ports: nodes.map(node => node.port).join(','), pid: nodes.map(node => node.pid).join(',') },
    isRunning: () => [redis, ...nodes].every(each => each.isRunning()),
    stop,
  }
}

/** @param {number} port */
function redisOn(port) {
  return {
    title: 'Redis',
    command: ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    listening: /Ready to accept connections/,
  }
}

/** A moment later somebody else may have it; then Redis does not start, and the message says why. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
  probe.close()
  await once(probe, 'close')
  return port
}

/**
 * A node listens before it has subscribed to Redis.
 * @param {import('./servers.mjs').BenchServer} server
 * @param {import('./server-process.mjs').RunningServer} node
 */
async function untilReady(server, { port }) {
  for (const giveUp = Date.now() + READY_LIMIT_MS; Date.now() < giveUp; await delay(100)) {
    const response = await fetch(`http://127.0.0.1:${port}/health`)
    if (response.ok) return
  }
  throw new Error(`${server.title} did not reach Redis in time.`)
}
