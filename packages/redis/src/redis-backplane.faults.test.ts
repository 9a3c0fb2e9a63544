import { BackplaneError } from '@signalbox/cluster'
import { eventually, type TestConnection } from '@signalbox/conformance'
import { RedisServer, TcpProxy, useRedisServer } from '@signalbox/conformance/redis'
import { expect } from 'chai'
import { type RedisNode, redisNode, startRedisNode } from './testing/redis-node.js'

const hub = 'Chat.Hubs.ChatHub'
const said = (...args: readonly unknown[]) => JSON.stringify({ type: 1, target: 'Said', arguments: args })
const timeoutMs = 400

async function failureOf(promise: unknown): Promise<string> {
  try {
    await promise
  } catch (error) {
    expect(error).to.be.an.instanceOf(BackplaneError)
    return (error as BackplaneError).code
  }
  return expect.fail('It succeeded.')
}

async function durationOf(promise: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await promise
  return performance.now() - start
}

describe('RedisBackplane', () => {
  const redis = useRedisServer(['--enable-debug-command', 'local'])
  let a: RedisNode
  let b: RedisNode
  let a1: TestConnection
  let b1: TestConnection

  beforeEach(async () => {
    const options = { url: redis().url, sendTimeoutMs: timeoutMs }
    a = await startRedisNode(options)
    b = await startRedisNode(options)
    a1 = await a.connect('a1', 'ann')
    b1 = await b.connect('b1', 'ann')
    for (const connectionId of ['a1', 'b1']) await a.manager.addToGroup(connectionId, 'g')
  })

  afterEach(async () => {
    await Promise.all([a.close(), b.close()])
    await redis().resume()
  })

  const bothReady = () => eventually(() => a.backplane.isReady && b.backplane.isReady)
  const bothLost = () => eventually(() => !a.backplane.isReady && !b.backplane.isReady)

  /** Everything works, in both directions, and nothing comes twice or late. */
  async function expectAllWell(): Promise<void> {
    a1.sent.length = 0
    b1.sent.length = 0
    await a.send({ all: true }, 'Said', ['all'])
    await b.send({ groups: ['g'] }, 'Said', ['group'])
    await a.send({ users: ['ann'] }, 'Said', ['user'])
    await b.send({ clients: ['a1'] }, 'Said', ['a1'])
    await a.send({ clients: ['b1'] }, 'Said', ['b1'])
    await eventually(() => a1.sent.length >= 4 && b1.sent.length >= 4)
    expect(a1.sent.sort()).to.deep.equal([said('a1'), said('all'), said('group'), said('user')])
    expect(b1.sent.sort()).to.deep.equal([said('all'), said('b1'), said('group'), said('user')])
    const asked = a.manager.clientResults.invoke('b1', 'Ask', [], undefined)
    await eventually(() => b1.sent.some(message => message.includes('Ask')))
    const { invocationId } = JSON.parse(b1.sent.find(message => message.includes('Ask'))!)
    b1.receive(`{"type":3,"invocationId":"${invocationId}","result":42}\x1e`)
    expect(await asked).to.equal(42)
    await a.manager.addToGroup('b1', 'later')
    expect(await redis().subscribers(`${hub}:group:later`)).to.deep.equal([1])
  }

  describe('while Redis is away', () => {
    beforeEach(async () => {
      await redis().stop()
      await bothLost()
    })

    for (const [what, send] of [
      ['to all', () => a.send({ all: true }, 'Said', ['x'])],
      ['to a group', () => a.send({ groups: ['g'] }, 'Said', ['x'])],
      ['to a user', () => a.send({ users: ['ann'] }, 'Said', ['x'])],
    ] as const) {
      it(`rejects sends ${what} within the deadline, and the clients here get them`, async () => {
        const duration = await durationOf(failureOf(send()).then(code => expect(code).to.match(/UNREACHABLE$/)))
        expect(duration).to.be.below(2 * timeoutMs)
        expect(a1.sent).to.deep.equal([said('x')])
        expect(b1.sent).to.deep.equal([])
      })
    }

    it('rejects sends to clients of other nodes within the deadline', async () => {
      expect(await failureOf(a.send({ clients: ['b1'] }, 'Said', []))).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    })

    it('rejects at once when it has been away for longer than the deadline', async () => {
      await failureOf(a.send({ all: true }, 'Said', [1]))
      const code = await Promise.race([
        failureOf(a.send({ all: true }, 'Said', [2])),
        new Promise(resolve => setImmediate(resolve, 'waits')),
      ])
      expect(code).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    })

    it('keeps the order of what still waits and what does not wait any more', async () => {
      const first = failureOf(a.send({ all: true }, 'Said', [1]))
      await new Promise(resolve => setTimeout(resolve, timeoutMs / 4)) // so that the second is not due with the first
      const second = failureOf(a.send({ all: true }, 'Said', [2]))
      await first
      await Promise.all([second, failureOf(a.send({ all: true }, 'Said', [3]))])
      expect(a1.sent).to.deep.equal([said(1), said(2), said(3)])
    })

    it('still reaches a client of this node, at once', async () => {
      const all = failureOf(a.send({ all: true }, 'Said', ['all']))
      await a.send({ clients: ['a1'] }, 'Said', ['one'])
      expect(a1.sent).to.deep.equal([said('one')])
      await all
    })

    it('still asks a client of this node', async () => {
      const asked = a.manager.clientResults.invoke('a1', 'Ask', [], undefined)
      const { invocationId } = JSON.parse(await a1.nextSent())
      a1.receive(`{"type":3,"invocationId":"${invocationId}","result":42}\x1e`)
      expect(await asked).to.equal(42)
    })

    it('still makes a client leave, and a second one join, what is here', async () => {
      await a.manager.removeFromGroup('a1', 'g')
      a1.leave()
      await eventually(() => a1.closedWith !== undefined)
    })

    it('lets joins fail side by side, not one after another', async () => {
      const joins = Array.from({ length: 50 }, (_, number) => a.manager.addToGroup('a1', `new${number}`))
      const codes = Promise.all(joins.map(failureOf))
      expect(await durationOf(codes)).to.be.below(2 * timeoutMs)
      expect(new Set(await codes)).to.deep.equal(new Set(['SIGNALR_BACKPLANE_UNREACHABLE']))
    })

    it('is not ready, says why, and counts', async () => {
      await failureOf(a.send({ all: true }, 'Said', []))
      const { isReady, error, gaps, gapMs, failedSends, hubs } = a.backplane.health
      expect({ isReady, gaps, failedSends, hub: hubs[0]!.isReady }).to.deep.equal({
        isReady: false,
        gaps: 1,
        failedSends: 1,
        hub: false,
      })
      expect(error).to.contain('ECONNREFUSED')
      expect(gapMs).to.be.above(0)
    })

    it('closes clients that connect', async () => {
      const closed = failureOf(a.connectAndFail('late', 'ann'))
      expect(await durationOf(closed)).to.be.below(2 * timeoutMs)
      expect(await closed).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    })
  })

  describe('when Redis comes back', () => {
    it('is subscribed to everything within a second, and to nothing else', async () => {
      const channels = (await redis().admin.pubsub('CHANNELS')).map(String).sort()
      await redis().stop()
      await bothLost()
      await Promise.all([failureOf(a.manager.addToGroup('a1', 'failed')), failureOf(b.connectAndFail('late', 'carl'))])
      await redis().resume()
      expect(await durationOf(bothReady())).to.be.below(1_000)
      expect((await redis().admin.pubsub('CHANNELS')).map(String).sort()).to.deep.equal(channels)
      await expectAllWell()
    })

    it('says how long messages could be missed', async () => {
      await redis().stop()
      await bothLost()
      await redis().resume()
      await bothReady()
      expect(a.logger.warnings.at(-1)).to.match(/^Redis is back\. Messages .* missed for \d+ ms\.$/)
      expect(a.backplane.health).to.include({ gaps: 1, error: undefined })
    })

    it('delivers what was sent in a short absence once, on every node', async () => {
      await redis().admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await eventually(() => a.backplane.health.gaps === 1 && b.backplane.health.gaps === 1)
      await a.send({ all: true }, 'Said', ['once'])
      await expectNothingElse(said('once'))
    })

    it('is whole again when only the listening connection was cut', async () => {
      const { listening } = await redis().clients()
      await redis().admin.call('CLIENT', 'KILL', 'ID', listening[0]!)
      await eventually(() => a.backplane.health.gaps + b.backplane.health.gaps === 1)
      await bothReady()
      await expectAllWell()
    })

    it('is whole again when only the publishing connections were cut, and nothing was missed', async () => {
      const { others } = await redis().clients()
      for (const id of others) await redis().admin.call('CLIENT', 'KILL', 'ID', id)
      await eventually(async () => (await redis().clients()).others.every(id => !others.includes(id)))
      await bothReady()
      await expectAllWell()
      expect([a.backplane.health.gaps, b.backplane.health.gaps]).to.deep.equal([0, 0])
    })

    /** A last message behind it shows that the first came once, and nothing before it. */
    async function expectNothingElse(message: string): Promise<void> {
      await a.send({ all: true }, 'Said', ['last'])
      for (const client of [a1, b1]) {
        await eventually(() => client.sent.includes(said('last')))
        expect(client.sent).to.deep.equal([message, said('last')])
      }
    }
  })

  describe('when Redis is lost', () => {
    it('fails at once who waits for the result of a client of another node', async () => {
      const asked = failureOf(a.manager.clientResults.invoke('b1', 'Ask', [], undefined))
      await b1.nextSent()
      await redis().stop()
      expect(await durationOf(asked)).to.be.below(timeoutMs)
      expect(await asked).to.equal('SIGNALR_BACKPLANE_LOST')
    })

    it('fails at once who waits for a group of a connection of another node', async () => {
      const listener = await redis().listen(`${hub}:connection:ghost`) // somebody seems to have it, and does not answer
      const added = failureOf(a.manager.addToGroup('ghost', 'g'))
      await eventually(async () => (await redis().calls('publish')) > 0)
      await new Promise(resolve => setImmediate(resolve))
      listener.close()
      await redis().stop()
      expect(await added).to.match(/LOST|UNCONFIRMED/)
    })
  })

  describe('while Redis does not answer', () => {
    it('rejects within the deadline, and never sends again what may have been delivered', async () => {
      await redis().admin.client('PAUSE', '1200', 'ALL')
      expect(await failureOf(a.send({ all: true }, 'Said', ['maybe']))).to.equal('SIGNALR_BACKPLANE_UNCONFIRMED')
      await bothLost()
      await bothReady()
      await a.send({ all: true }, 'Said', ['last'])
      await eventually(() => b1.sent.includes(said('last')))
      expect(b1.sent.filter(message => message === said('maybe')).length).to.be.at.most(1)
      await expectAllWell()
    })

    it('still reaches a client of this node, soon', async () => {
      await redis().admin.client('PAUSE', '1200', 'ALL')
      const all = failureOf(a.send({ all: true }, 'Said', ['all']))
      await a.send({ clients: ['a1'] }, 'Said', ['one'])
      expect(a1.sent).to.deep.equal([said('one')])
      await all
      await bothLost()
      await bothReady()
    })

    it('recovers from a Redis that is asleep', async () => {
      const asleep = redis().admin.call('DEBUG', 'SLEEP', '1.2')
      await bothLost()
      await asleep
      await bothReady()
      await expectAllWell()
    })
  })

  describe('on a bad network', () => {
    let proxy: TcpProxy
    let far: RedisNode
    let client: TestConnection

    beforeEach(async () => {
      proxy = await TcpProxy.start(redis().port)
      far = await startRedisNode({ url: proxy.url, sendTimeoutMs: timeoutMs })
      client = await far.connect('far')
    })

    afterEach(async () => {
      await far.close()
      await proxy.close()
    })

    async function expectReached(): Promise<void> {
      client.sent.length = 0
      await a.send({ all: true }, 'Said', ['to far'])
      await far.send({ clients: ['a1'] }, 'Said', ['from far'])
      expect(await client.nextSent()).to.equal(said('to far'))
      await eventually(() => a1.sent.includes(said('from far')))
    }

    it('notices that nothing passes any more, and is whole again when it does', async () => {
      proxy.partition()
      await eventually(() => !far.backplane.isReady)
      expect(await failureOf(far.send({ all: true }, 'Said', []))).to.match(/UNREACHABLE|UNCONFIRMED/)
      proxy.heal()
      await eventually(() => far.backplane.isReady)
      await expectReached()
    })

    it('is whole again after Redis has cut it for not reading', async () => {
      await redis().admin.config('SET', 'client-output-buffer-limit', 'pubsub 100kb 100kb 1')
      proxy.stopReadingFromRedis()
      const text = 'x'.repeat(50_000)
      while (far.backplane.health.gaps === 0) await a.send({ clients: ['far'] }, 'Said', [text])
      await eventually(() => far.backplane.isReady)
      await expectReached()
      await redis().admin.config('SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60')
    })

    it('writes together what was sent together', async () => {
      const before = proxy.writes
      await Promise.all(Array.from({ length: 100 }, (_, number) => far.send({ users: ['nobody'] }, 'Said', [number])))
      expect(proxy.writes - before).to.be.at.most(2)
    })
  })
})

describe('RedisBackplane, started before Redis', () => {
  let redis: RedisServer

  before(async () => {
    redis = await RedisServer.start()
    await redis.stop()
  })

  after(() => redis.stop())

  it('becomes ready with it', async () => {
    const node = redisNode({ url: redis.url, sendTimeoutMs: timeoutMs })
    expect(await failureOf(node.send({ all: true }, 'Said', []))).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    expect(node.backplane.isReady).to.equal(false)
    await redis.resume()
    await eventually(() => node.backplane.isReady)
    expect(await redis.subscribers(...node.manager.channels.base)).to.deep.equal([1, 1, 1, 1])
    const client = await node.connect('c')
    await node.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
    await node.close()
  })
})
