import { describeHubLifetimeManager } from '@signalbox/hubs/testing'
import { useRedisServer } from './testing/redis-server.js'
import { TestNode } from './testing/test-node.js'

describe('RedisHubLifetimeManager', () => {
  const redis = useRedisServer()

  for (const count of [1, 2, 3]) {
    describeHubLifetimeManager(`RedisHubLifetimeManager on ${count} node(s)`, async () => {
      const [first, ...others] = await Promise.all(
        Array.from({ length: count }, () => TestNode.start({ url: redis().url })),
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
