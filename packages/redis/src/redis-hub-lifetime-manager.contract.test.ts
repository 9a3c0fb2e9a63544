import { describeHubLifetimeManager } from '@signalbox/hubs/testing'
import { startRedisNode } from './testing/redis-node.js'
import { useRedisServer } from './testing/redis-server.js'

describe('RedisHubLifetimeManager', () => {
  const redis = useRedisServer()

  for (const count of [1, 2, 3]) {
    describeHubLifetimeManager(`RedisHubLifetimeManager on ${count} node(s)`, async () => {
      const [first, ...others] = await Promise.all(
        Array.from({ length: count }, () => startRedisNode({ url: redis().url })),
      )
      const nodes = [first!, ...others]
      return {
        nodes: [first!.manager, ...others.map(({ manager }) => manager)],
        dispose: async () => {
          await Promise.all(nodes.map(node => node.close()))
        },
      }
    })
  }
})
