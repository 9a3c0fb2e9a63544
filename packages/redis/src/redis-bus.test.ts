import { RecurringLog, silentLogger } from '@signalbox/abstractions'
import { describeCluster, describeClusterBus, eventually } from '@signalbox/conformance'
import { TcpProxy, useRedisServer } from '@signalbox/conformance/redis'
import { redisBackplane } from './redis-backplane.js'
import { resolveRedisBackplaneOptions } from './redis-backplane-options.js'
import { RedisBus } from './redis-bus.js'

describe('RedisBus', () => {
  const redis = useRedisServer()

  function connect(url: string): RedisBus {
    const options = resolveRedisBackplaneOptions({ url, channelPrefix: 'MyApp', sendTimeoutMs: 1_000 })
    return new RedisBus(options, silentLogger, new RecurringLog(silentLogger))
  }

  describeClusterBus('RedisBus', async () => {
    const proxy = await TcpProxy.start(redis().port)
    const buses = [connect(proxy.url), connect(redis().url), connect(redis().url)] as const
    await eventually(() => buses.every(({ isReady }) => isReady))
    return {
      buses,
      way: { cut: () => proxy.reset(), mend: () => proxy.heal() },
      dispose: async () => {
        await Promise.all(buses.map(bus => bus.close()))
        await proxy.close()
      },
    }
  })

  describeCluster('A cluster on Redis', () => ({
    createBackplane: options => redisBackplane({ url: redis().url, channelPrefix: 'MyApp', ...options }),
    outsider: connect(redis().url),
  }))
})
