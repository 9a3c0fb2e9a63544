import { RecurringLog, silentLogger } from '@signalbox/abstractions'
import { describeClusterBus, eventually } from '@signalbox/conformance'
import { needsRedis } from '@signalbox/conformance/redis'
import { resolveRedisBackplaneOptions } from './redis-backplane-options.js'
import { RedisBus } from './redis-bus.js'
import { RedisCluster } from './testing/redis-cluster.js'

describe('RedisBus on a Redis Cluster', () => {
  needsRedis()
  let redis: RedisCluster

  before(async function () {
    this.timeout(20_000)
    redis = await RedisCluster.start()
  })

  after(() => redis.stop())

  /** Each node lists another one of the three servers, and has to learn the others before it can say who listens. */
  describeClusterBus('RedisBus on a Redis Cluster', async () => {
    const buses = redis.nodes.map(
      node =>
        new RedisBus(
          resolveRedisBackplaneOptions({ clusterNodes: [node], sendTimeoutMs: 8_000 }),
          silentLogger,
          new RecurringLog(silentLogger),
        ),
    ) as [RedisBus, RedisBus, RedisBus]
    for (const bus of buses)
      await eventually(async () => bus.isReady && (await bus.countSubscribers(['anything'])) !== undefined)
    return {
      buses,
      dispose: async () => {
        await Promise.all(buses.map(bus => bus.close()))
      },
    }
  })
})
