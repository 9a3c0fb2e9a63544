import { eventually } from '@signalbox/conformance'
import { TcpProxy, useRedisServer } from '@signalbox/conformance/redis'
import { expect } from 'chai'
import { startRedisNode } from './testing/redis-node.js'

const said = (...args: readonly unknown[]) => JSON.stringify({ type: 1, target: 'Said', arguments: args })

describe('RedisBackplane on a Redis that others use too', () => {
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

  it('hears nodes that name another database: to pub/sub it means nothing', async () => {
    const first = await startRedisNode({ url: redis().url })
    const second = await startRedisNode({ url: `${redis().url}/1` })
    const client = await second.connect('c')
    await first.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
    await Promise.all([first.close(), second.close()])
  })

  it('has two connections, whatever the number of its hubs', async () => {
    const [a, b] = [await startRedisNode({ url: redis().url }), await startRedisNode({ url: redis().url })]
    const count = async () => Object.values(await redis().clients()).flat().length
    const before = await count()
    a.backplane.createLifetimeManager(a.hub('Admin'))
    await eventually(() => a.backplane.isReady)
    expect(await count()).to.equal(before)
    expect(before).to.equal(4)
    await Promise.all([a.close(), b.close()])
  })

  describe('a prefix', () => {
    it('stands before every channel and in no payload', async () => {
      const prefixed = { url: redis().url, channelPrefix: 'MyApp', hubName: 'Prefixed' }
      const first = await startRedisNode(prefixed)
      const second = await startRedisNode(prefixed)
      const { received: commands, close } = await redis().listen('MyAppPrefixed:internal:groups')
      const client = await second.connect('s1', 'ann')
      await first.manager.addToGroup('s1', 'g')
      const asked = first.manager.clientResults.invoke('s1', 'Ask', [], undefined)
      const { invocationId } = JSON.parse(await client.nextSent())
      client.receive(`{"type":3,"invocationId":"${invocationId}","result":1}\x1e`)
      expect(await asked).to.equal(1)
      const channels = (await redis().admin.pubsub('CHANNELS', '*Prefixed:*')).map(String)
      expect(channels.length).to.be.above(6)
      for (const channel of channels) expect(channel.startsWith('MyAppPrefixed:')).to.equal(true)
      expect(commands[0]!.payload.toString('latin1')).not.to.contain('MyApp')
      close()
      await Promise.all([first.close(), second.close()])
    })

    it('keeps two instances of an application apart', async () => {
      const red = await startRedisNode({ url: redis().url, channelPrefix: 'red:' })
      const blue = await startRedisNode({ url: redis().url, channelPrefix: 'blue:' })
      const clients = [await red.connect('1'), await blue.connect('1')]
      await red.send({ all: true }, 'Said', ['red'])
      await blue.send({ all: true }, 'Said', ['blue'])
      await blue.send({ clients: ['1'] }, 'Said', ['blue'])
      expect(await clients[0]!.nextSent()).to.equal(said('red'))
      expect([await clients[1]!.nextSent(), await clients[1]!.nextSent()]).to.deep.equal([said('blue'), said('blue')])
      expect(clients[0]!.sent).to.deep.equal([])
      await Promise.all([red.close(), blue.close()])
    })
  })
})
