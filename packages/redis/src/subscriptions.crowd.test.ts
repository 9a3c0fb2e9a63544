import { eventually } from '@signalbox/conformance'
import { useRedisServer } from '@signalbox/conformance/redis'
import { expect } from 'chai'
import { type RedisNode, startRedisNode } from './testing/redis-node.js'

describe('Subscriptions of a crowd', () => {
  const redis = useRedisServer()
  const size = 5_000
  let node: RedisNode

  beforeEach(async () => {
    node = await startRedisNode({ url: redis().url })
  })

  afterEach(() => node.close())

  const channels = async () => (await redis().admin.pubsub('CHANNELS')).length

  it('that connects, joins groups and leaves cost few commands, and leave nothing behind', async function () {
    this.timeout(20_000)
    const base = await channels()
    const before = [await redis().calls('subscribe'), await redis().calls('unsubscribe')]
    const numbers = Array.from({ length: size }, (_, number) => number)
    const clients = await Promise.all(numbers.map(number => node.connect(`c${number}`, `user${number}`)))
    await Promise.all(numbers.map(number => node.manager.addToGroup(`c${number}`, `group${number}`)))
    expect(await channels()).to.equal(base + 3 * size)
    for (const client of clients) client.leave()
    await eventually(async () => (await channels()) === base)
    const commands = [await redis().calls('subscribe'), await redis().calls('unsubscribe')]
    const used = commands.map((count, index) => count - before[index]!)
    // A command takes a thousand channels: ten for connections and users, five for groups.
    expect(used[0]).to.be.within(15, 60)
    expect(used[1]).to.be.within(15, 60)
  })
})
