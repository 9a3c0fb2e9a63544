/**
 * One server of a fault run, in a process of its own: `--redis URL --send-timeout-ms N`. Its stdout says where it
 * listens and nothing else.
 */
import { parseArgs } from 'node:util'
import { redisBackplane } from '@signalbox/redis'
import { createServer, type Logger, silentLogger } from 'signalbox'
import { ChaosHub } from './chaos-hub.js'
import type { NodeHealth } from './node-health.js'

const { values } = parseArgs({ options: { redis: { type: 'string' }, 'send-timeout-ms': { type: 'string' } } })
const sendTimeoutMs = Number(values['send-timeout-ms'])

const logged = { lost: 0, back: 0 }
const logger: Logger = {
  ...silentLogger,
  warn(message) {
    if (message.startsWith('Redis is lost.')) logged.lost++
    if (/^Redis is back\. .* for \d+ ms\.$/.test(message)) logged.back++
  },
}

const backplane = redisBackplane({ url: values.redis!, sendTimeoutMs, ackTimeoutMs: 2 * sendTimeoutMs })
const server = createServer({
  backplane,
  logger,
  // A client's sends wait for Redis side by side.
  maximumParallelInvocationsPerClient: 100,
  userIdProvider: ({ httpRequest }) => httpRequest.query('user'),
})
server.mapHub('/chaos', ChaosHub)
server.mapRequest('/health', () => {
  const { isReady, gaps, hubs } = backplane.health
  const rejectedPayloads = hubs.reduce((sum, hub) => sum + hub.rejectedPayloads, 0)
  const health: NodeHealth = { isReady, gaps, logged, rejectedPayloads, memoryBytes: process.memoryUsage.rss() }
  return { status: isReady ? 200 : 503, body: JSON.stringify(health) }
})
process.once('SIGTERM', () => void server.close())
console.log(`Now listening on: ${(await server.listen(0)).url}`)
