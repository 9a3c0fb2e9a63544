import { expect } from 'chai'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { findFreePort } from '../processes/free-port.js'
import { ClusterNode } from './cluster-node.js'
import { needsRedisAndDotnet } from './needs-redis-and-dotnet.js'
import { RedisProcess } from './redis-process.js'

describeOnEachHost('a server of a cluster', host => {
  needsRedisAndDotnet()

  it('is not ready before Redis is there, and ready then', async () => {
    const port = await findFreePort()
    const node = await ClusterNode.start(host, `127.0.0.1:${port}`, '')
    let redis: RedisProcess | undefined
    try {
      expect(await node.health()).to.equal(503)
      redis = await RedisProcess.start(port)
      await node.isReady()
    } finally {
      expect(await node.stop()).to.equal(0)
      await redis?.stop()
    }
  })
})
