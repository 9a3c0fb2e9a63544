import { eventually } from '@signalbox/conformance'
import { TcpProxy, useRedisServer } from '@signalbox/conformance/redis'
import { expect } from 'chai'
import { type RedisNode, startRedisNode } from './testing/redis-node.js'

const mebibyte = 'x'.repeat(1024 * 1024)
/** One below what may be pending. */
const pendingMebibytes = 63

describe('RedisBackplane, while more is pending than fits in memory', () => {
  const redis = useRedisServer()
  let proxy: TcpProxy
  let node: RedisNode

  beforeEach(async () => {
    proxy = await TcpProxy.start(redis().port)
    node = await startRedisNode({ url: proxy.url, sendTimeoutMs: 10_000 })
  })

  afterEach(async () => {
    await node.close()
    await proxy.close()
  })

  it('refuses what comes, and its own clients get that after what was sent before', async () => {
    const client = await node.connect('c')
    proxy.swallowReceipts()
    const pending = Array.from({ length: pendingMebibytes }, () => node.send({ users: ['nobody'] }, 'Said', [mebibyte]))
    for (const each of pending) each.catch(() => {})
    await eventually(async () => (await redis().calls('publish')) === pendingMebibytes)

    redis().freeze()
    const first = node.send({ all: true }, 'Said', ['first'])
    first.catch(() => {})
    await new Promise(resolve => setImmediate(resolve)) // it is under way
    const second = await node.send({ all: true }, 'Said', [`second ${mebibyte}`]).catch(error => error)
    void node.send({ clients: ['c'] }, 'Said', ['third'])
    redis().thaw()
    expect(second).to.have.property('code', 'SIGNALR_BACKPLANE_UNREACHABLE')
    await eventually(() => client.sent.length === 3)
    const order = client.sent.map(message => /"(first|second|third)/.exec(message)?.[1])
    expect(order).to.deep.equal(['first', 'second', 'third'])
  })
})
