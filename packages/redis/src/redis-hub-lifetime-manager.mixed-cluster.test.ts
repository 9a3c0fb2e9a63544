import { eventually, GroupAction, writeGroupCommand } from '@signalbox/cluster/testing'
import { expect } from 'chai'
import { startRedisNode } from './testing/redis-node.js'
import { useRedisServer } from './testing/redis-server.js'
import { TcpProxy } from './testing/tcp-proxy.js'

const hub = 'Chat.Hubs.ChatHub'
const said = (...args: readonly unknown[]) => JSON.stringify({ type: 1, target: 'Said', arguments: args })

/** What makes one cluster of servers that know nothing of each other, where a node of ASP.NET Core in the other place would show no more. */
describe('RedisHubLifetimeManager as one of several', () => {
  const redis = useRedisServer()

  it('has a connection in a group before the other node goes on, a thousand times, however slow it subscribes', async function () {
    this.timeout(20_000)
    const proxy = await TcpProxy.start(redis().port)
    const asking = await startRedisNode({ url: redis().url })
    const slow = await startRedisNode({ url: proxy.url })
    const client = await slow.connect('s')
    // Of every 2 to 10 ms the slow one's network rests for half, whatever is under way.
    let seed = 20_261_124
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed / 2 ** 31
    }
    let isOver = false
    const rests = async () => {
      while (!isOver) {
        proxy.stall()
        await new Promise(resolve => setTimeout(resolve, 1 + 4 * random()))
        proxy.heal()
        await new Promise(resolve => setTimeout(resolve, 1 + 4 * random()))
      }
    }
    const resting = rests()
    const addAndSend = async (number: number) => {
      await asking.manager.addToGroup('s', `group ${number}`)
      await asking.send({ groups: [`group ${number}`] }, 'Said', [number])
    }
    for (let start = 0; start < 1_000; start += 20)
      await Promise.all(Array.from({ length: 20 }, (_, index) => addAndSend(start + index)))
    isOver = true
    await resting
    await asking.send({ clients: ['s'] }, 'Said', ['last'])
    await eventually(() => client.sent.includes(said('last')))
    expect(client.sent.length).to.equal(1_001)
    await Promise.all([asking.close(), slow.close()])
    await proxy.close()
  })

  it('confirms with the number it was given, at both ends of 32 bits', async () => {
    const node = await startRedisNode({ url: redis().url })
    await node.connect('c')
    const listener = await redis().listen(`${hub}:internal:ack:S`)
    for (const id of [2_147_483_647, -2_147_483_648, -1]) {
      const command = { id, serverName: 'S', action: GroupAction.Remove, groupName: 'g', connectionId: 'c' }
      await redis().admin.publish(`${hub}:internal:groups`, writeGroupCommand(command))
    }
    await eventually(() => listener.received.length === 3)
    listener.close()
    const acks = listener.received.map(({ payload }) => payload.toString('hex'))
    expect(acks).to.deep.equal(['91ce7fffffff', '91d280000000', '91ff']) // V06, V07, V08
    await node.close()
  })

  it('hears nodes that name another database: to pub/sub it means nothing', async () => {
    const first = await startRedisNode({ url: redis().url })
    const second = await startRedisNode({ url: `${redis().url}/1` })
    const client = await second.connect('c')
    await first.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
    await Promise.all([first.close(), second.close()])
  })
})
