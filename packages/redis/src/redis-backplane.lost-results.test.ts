import { readCompletion, writeInvocation } from '@signalbox/cluster'
import { eventually, type TestConnection } from '@signalbox/conformance'
import { TcpProxy, useRedisServer } from '@signalbox/conformance/redis'
import { ClientGoneError, HubException } from '@signalbox/hubs'
import { expect } from 'chai'
import { type RedisNode, startRedisNode } from './testing/redis-node.js'

const hub = 'Chat.Hubs.ChatHub'
const lostText = "Redis was lost while a client's result was waited for."

/** Only the node of the client loses Redis: the one that asks notices nothing. */
describe('RedisBackplane, results of a client whose node loses Redis', () => {
  const redis = useRedisServer()
  let proxy: TcpProxy
  let asking: RedisNode
  let far: RedisNode
  let client: TestConnection

  beforeEach(async () => {
    proxy = await TcpProxy.start(redis().port)
    asking = await startRedisNode({ url: redis().url })
    far = await startRedisNode({ url: proxy.url, sendTimeoutMs: 400, maximumPayloadBytes: 10_000 })
    client = await far.connect('far')
  })

  afterEach(async () => {
    await Promise.all([asking.close(), far.close()])
    await proxy.close()
  })

  const ask = () =>
    asking.manager.clientResults.invoke('far', 'Ask', [], undefined).then(
      result => ({ result, error: undefined }),
      (error: Error) => ({ result: undefined, error }),
    )

  const answer = (invocationId: string, result: unknown) =>
    client.receive(`${JSON.stringify({ type: 3, invocationId, result })}\x1e`)

  /** Redis closes its ends, too. */
  async function loseRedis(): Promise<void> {
    proxy.reset()
    await eventually(async () => (await redis().subscribers(`${hub}:connection:far`))[0] === 0)
  }

  async function findRedisAgain(): Promise<void> {
    proxy.heal()
    await eventually(() => far.backplane.health.gaps === 1 && far.backplane.isReady)
  }

  it('fail at once when it is lost before the question', async () => {
    await loseRedis()
    const { error } = await Promise.race([
      ask(),
      new Promise<{ error: undefined }>(resolve => setTimeout(resolve, 1_000, { error: undefined })),
    ])
    expect(error).to.be.an.instanceOf(ClientGoneError)
    expect(error).to.have.property('message', "Connection 'far' does not exist.")
  })

  it('fail soon when the question is lost on the way and the node is back', async () => {
    proxy.partition() // to Redis it seems to listen
    const published = (await redis().calls('publish')) + 1
    const outcome = ask()
    await eventually(async () => (await redis().calls('publish')) === published)
    await loseRedis()
    await findRedisAgain()
    const { error } = await outcome
    expect(error).to.be.an.instanceOf(HubException)
    expect(error).to.have.property('message', lostText)
    expect(client.sent).to.deep.equal([])
  })

  it('come when the question had arrived and the node is back', async function () {
    this.timeout(20_000)
    const outcome = ask()
    const { invocationId } = JSON.parse(await client.nextSent())
    await loseRedis()
    await findRedisAgain()
    const { received, close } = await redis().listen(asking.manager.channels.pendingInvocations)
    await eventually(() => received.length === 2) // asked about it, and asked again
    close()
    answer(invocationId, 42)
    expect((await outcome).result).to.equal(42)
  })

  describe('asked for by a node that waits without end, as ASP.NET Core does', () => {
    async function expectReturned(whatHappens: (invocationId: string) => void | Promise<void>): Promise<string[]> {
      const listener = await redis().listen('Other.Return')
      const messages = new Map([
        ['json', Buffer.from('{"type":1,"invocationId":"n1","target":"Ask","arguments":[]}\x1e')],
      ])
      const wanted = { invocationId: 'n1', returnChannel: 'Other.Return' }
      await redis().admin.publish(`${hub}:connection:far`, writeInvocation(messages, [], wanted))
      await client.nextSent()
      await whatHappens('n1')
      await eventually(() => listener.received.length > 0)
      listener.close()
      return listener.received.map(({ payload }) => readCompletion(payload).completion.toString())
    }

    it('are an error when the answer cannot be passed on in time, as soon as the node is back', async () => {
      const returned = await expectReturned(async invocationId => {
        await loseRedis()
        answer(invocationId, 42)
        await eventually(() => far.backplane.health.failedSends === 1)
        await findRedisAgain()
      })
      expect(returned).to.deep.equal([`{"type":3,"invocationId":"n1","error":"${lostText}"}\x1e`])
    })

    it('are an error at once when the answer is too large', async () => {
      const returned = await expectReturned(invocationId => answer(invocationId, 'x'.repeat(10_000)))
      expect(returned).to.have.length(1)
      expect(returned[0]).to.match(/^\{"type":3,"invocationId":"n1","error":"A message of \d+ bytes is too large/)
    })
  })
})
