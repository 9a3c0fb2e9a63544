import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@signalbox/conformance'
import { TcpProxy, useRedisServer } from '@signalbox/conformance/redis'
import { expect } from 'chai'
import { type RedisNode, startRedisNode } from './testing/redis-node.js'

const sendTimeoutMs = 700

describe('RedisBackplane, a send that Redis was out of reach for', () => {
  const redis = useRedisServer()
  let proxy: TcpProxy
  let node: RedisNode

  beforeEach(async () => {
    proxy = await TcpProxy.start(redis().port)
    node = await startRedisNode({ url: proxy.url, sendTimeoutMs })
  })

  afterEach(async () => {
    await node.close()
    await proxy.close()
  })

  it('reaches the clients of its node before what is sent once Redis is back', async () => {
    const client = await node.connect('c')
    proxy.reset()
    await eventually(() => !node.backplane.isReady)
    const first = node.send({ all: true }, 'Said', ['first']).catch(error => error.code)
    // It gives up in the quarter of a second in which Redis is back and other nodes get their time to listen again.
    await delay(sendTimeoutMs - 200)
    proxy.heal()
    await eventually(() => node.backplane.isReady)
    await node.send({ all: true }, 'Said', ['second'])

    expect(await first).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    await eventually(() => client.sent.length === 2)
    expect(client.sent.map(message => /"(first|second)"/.exec(message)?.[1])).to.deep.equal(['first', 'second'])
  })
})
