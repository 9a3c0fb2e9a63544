import { pause, within } from './drivers/deadline.js'
import { createAgent } from './drivers/http-exchange.js'
import { RedisListener } from './drivers/redis-listener.js'
import { startRedis } from './golden-redis-process.js'
import type { ServerProgram } from './reference-servers.js'
import { startServer } from './server-process.js'
import { ServerUnderTest } from './server-under-test.js'

/** Two nodes of one product on a Redis, and somebody who hears all that they publish. */
export interface RedisCluster {
  readonly nodes: readonly [ServerUnderTest, ServerUnderTest]
  readonly listener: RedisListener
}

/** Starts a cluster for the work and ends it again, whatever becomes of either. */
export async function withRedisCluster<T>(
  program: ServerProgram,
  work: (cluster: RedisCluster) => Promise<T>,
): Promise<T> {
  const started: (() => unknown)[] = []
  const agent = createAgent()
  try {
    const redis = await startRedis()
    started.push(() => redis.stop())
    const listener = await RedisListener.open(redis.port)
    started.push(() => listener.close())
    const startNode = async () => {
      const running = await startServer([...program.command, '--port', '0', '--redis', redis.url])
      started.push(() => running.stop())
      const node = new ServerUnderTest(running.url, program.product, agent)
      started.push(() => node.dispose())
      await within(isReady(node), 'the node to be ready', 20_000)
      return node
    }
    const nodes = [await startNode(), await startNode()] as const
    return await work({ nodes, listener })
  } finally {
    for (const end of started.reverse()) await end()
    agent.destroy()
  }
}

/** A node that listens may not hear the others yet. Asks again and again, as a load balancer does. */
async function isReady(node: ServerUnderTest): Promise<void> {
  while ((await node.get('/health')).status !== 200) await pause(20)
}
