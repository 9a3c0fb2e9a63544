import type { TestConnection } from '@signalbox/conformance'
import { eventually, TestNode } from '@signalbox/conformance'
import { ClientGoneError } from '@signalbox/hubs'
import { expect } from 'chai'
import { BackplaneError } from './backplane-error.js'
import { type MemoryBus, MemoryNetwork } from './bus/memory-bus.js'
import { ClusterBackplane } from './cluster-backplane.js'
import { readCompletion, writeInvocation } from './payloads/cluster-protocol.js'

const hub = 'Chat.Hubs.ChatHub'
const said = (...args: readonly unknown[]) => JSON.stringify({ type: 1, target: 'Said', arguments: args })
const lostText = "The network was lost while a client's result was waited for."

async function codeOf(promise: unknown): Promise<string> {
  try {
    await promise
  } catch (error) {
    expect(error).to.be.an.instanceOf(BackplaneError)
    return (error as BackplaneError).code
  }
  return 'none'
}

/** What RedisBackplane is tried with, against a bus that can be lost at any moment, and without a wait. */
describe('A cluster in memory, when a node loses its bus', () => {
  let network: MemoryNetwork
  let a: TestNode<ClusterBackplane<MemoryBus>>
  let b: TestNode<ClusterBackplane<MemoryBus>>
  let a1: TestConnection
  let b1: TestConnection

  const start = (ackTimeoutMs = 30_000, maximumPayloadBytes = 10_000) =>
    new TestNode(new ClusterBackplane(() => network.connect(), { ackTimeoutMs, maximumPayloadBytes })).ready()

  beforeEach(async () => {
    network = new MemoryNetwork()
    a = await start()
    b = await start()
    a1 = await a.connect('a1', 'ann')
    b1 = await b.connect('b1', 'ann')
    for (const connectionId of ['a1', 'b1']) await a.manager.addToGroup(connectionId, 'g')
  })

  afterEach(() => Promise.all([a.close(), b.close()]))

  const lose = (node = a) => node.backplane.bus!.disconnect()
  const findAgain = (node = a) => node.backplane.bus!.reconnect()

  const invoke = (connectionId: string) =>
    a.manager.clientResults.invoke(connectionId, 'Ask', [], undefined).then(
      result => ({ result, error: undefined }),
      (error: Error) => ({ result: undefined, error }),
    )

  const answer = (client: TestConnection, invocationId: string, result: unknown) =>
    client.receive(`${JSON.stringify({ type: 3, invocationId, result })}\x1e`)

  for (const [what, audience] of [
    ['to all', { all: true }],
    ['to a group', { groups: ['g'] }],
    ['to a user', { users: ['ann'] }],
  ] as const)
    it(`rejects sends ${what}, and the clients of the node get them`, async () => {
      lose()
      expect(await codeOf(a.send(audience, 'Said', ['x']))).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
      expect([a1.sent, b1.sent]).to.deep.equal([[said('x')], []])
    })

  it('gives them to the clients of the node when it is lost right behind the sends', async () => {
    const sends = [
      codeOf(a.send({ all: true }, 'Said', [1])),
      codeOf(a.send({ clients: ['a1'] }, 'Said', [2])),
      codeOf(a.send({ groups: ['g'] }, 'Said', [3])),
    ]
    lose()
    await Promise.all(sends)
    expect(a1.sent).to.have.members([said(1), said(2), said(3)])
    expect(b1.sent).to.deep.equal([])
  })

  it('does not keep a send to a client of the node waiting for what will not come back', async () => {
    const all = codeOf(a.send({ all: true }, 'Said', ['all']))
    const one = a.send({ clients: ['a1'] }, 'Said', ['one'])
    lose()
    await one
    expect(a1.sent).to.contain(said('one'))
    await all
  })

  it('fails at once what waits for the result of a client of another node', async () => {
    const asked = codeOf(a.manager.clientResults.invoke('b1', 'Ask', [], undefined))
    await b1.nextSent()
    lose()
    expect(await asked).to.equal('SIGNALR_BACKPLANE_LOST')
  })

  it('fails at once what waits for a change of groups on another node', async () => {
    // Somebody seems to have it, and does not answer.
    await network.connect().subscribe(`${hub}:connection:ghost`, 'ghost', () => {})
    const added = codeOf(a.manager.addToGroup('ghost', 'g'))
    await new Promise(resolve => setImmediate(resolve))
    lose()
    expect(await added).to.be.oneOf(['SIGNALR_BACKPLANE_LOST', 'SIGNALR_BACKPLANE_UNREACHABLE'])
  })

  it('lets clients leave groups, but not join new ones, and closes those that connect', async () => {
    lose()
    await a.manager.removeFromGroup('a1', 'g')
    expect(await codeOf(a.manager.addToGroup('a1', 'new'))).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    expect(await codeOf(a.connectAndFail('late', 'carl'))).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    findAgain()
    expect(network.countSubscribers(`${hub}:group:new`)).to.equal(0)
    expect(network.countSubscribers(`${hub}:connection:late`)).to.equal(0)
    expect(network.countSubscribers(`${hub}:user:carl`)).to.equal(0)
  })

  it('is not ready, and whole again when the bus is back', async () => {
    lose()
    expect(a.backplane.health).to.deep.include({ isReady: false })
    findAgain()
    expect(a.backplane.isReady).to.equal(true)
    await b.send({ all: true }, 'Said', ['all'])
    await b.send({ clients: ['a1'] }, 'Said', ['one'])
    await a.send({ groups: ['g'] }, 'Said', ['group'])
    await eventually(() => a1.sent.length === 3)
    expect(a1.sent).to.deep.equal([said('all'), said('one'), said('group')])
    const asked = invoke('b1')
    await eventually(() => b1.sent.some(message => message.includes('Ask')))
    answer(b1, JSON.parse(b1.sent.find(message => message.includes('Ask'))!).invocationId, 42)
    expect((await asked).result).to.equal(42)
  })

  describe('a result of a client of the lost node', () => {
    it('fails when it is lost before the invocation', async () => {
      lose(b)
      const { error } = await invoke('b1')
      expect(error).to.be.an.instanceOf(ClientGoneError)
    })

    it('comes when the invocation had arrived and the node is back', async () => {
      const asked = invoke('b1')
      const { invocationId } = JSON.parse(await b1.nextSent())
      lose(b)
      findAgain(b)
      answer(b1, invocationId, 42)
      expect((await asked).result).to.equal(42)
    })

    it('fails soon when the client was never sent the invocation', async () => {
      // The channel of the client has a listener, which takes the invocation; then its node comes, with the client, and
      // knows nothing of it.
      const stranger = network.connect()
      await stranger.subscribe(`${hub}:connection:late`, 'stranger', () => {})
      const asked = invoke('late')
      await new Promise(resolve => setImmediate(resolve))
      await b.connect('late')
      await stranger.close()
      expect((await asked).error).to.have.property('message', lostText)
    })

    it('fails when its node ends', async () => {
      const asked = invoke('b1')
      await b1.nextSent()
      await b.close() // its hub still has the client, but the cluster knows of it no more
      expect((await asked).error).to.have.property('message', "Connection 'b1' disconnected.")
    })
  })

  describe('a result that a node waits for without end, as ASP.NET Core does', () => {
    async function returned(whatHappens: (invocationId: string) => void): Promise<string[]> {
      const stranger = network.connect()
      const received: string[] = []
      await stranger.subscribe('Other.Return', 'stranger', payload =>
        received.push(readCompletion(payload).completion.toString()),
      )
      const message = Buffer.from('{"type":1,"invocationId":"n1","target":"Ask","arguments":[]}\x1e')
      const wanted = { invocationId: 'n1', returnChannel: 'Other.Return' }
      await stranger.publish(`${hub}:connection:b1`, writeInvocation(new Map([['json', message]]), [], wanted))
      await b1.nextSent()
      whatHappens('n1')
      await eventually(() => received.length > 0)
      await stranger.close()
      return received
    }

    it('is an error as soon as the node of the client is back', async () => {
      const received = await returned(invocationId => {
        lose(b)
        answer(b1, invocationId, 42)
        setImmediate(() => findAgain(b))
      })
      expect(received).to.deep.equal([`{"type":3,"invocationId":"n1","error":"${lostText}"}\x1e`])
    })

    it('is an error at once when it is too large', async () => {
      const [received, ...more] = await returned(invocationId => answer(b1, invocationId, 'x'.repeat(10_000)))
      expect(received).to.match(/^\{"type":3,"invocationId":"n1","error":"A message of \d+ bytes is too large/)
      expect(more).to.deep.equal([])
    })
  })

  it('waits for no node longer than for an ack', async () => {
    const impatient = await start(50)
    await network.connect().subscribe(`${hub}:connection:ghost`, 'ghost', () => {})
    expect(await codeOf(impatient.manager.addToGroup('ghost', 'g'))).to.equal('SIGNALR_BACKPLANE_NO_ACK')
    await impatient.close()
  })

  it('refuses what is larger than any node takes, and reaches nobody with it', async () => {
    expect(await codeOf(a.send({ all: true }, 'Said', ['x'.repeat(10_000)]))).to.equal('SIGNALR_BACKPLANE_TOO_LARGE')
    await a.send({ all: true }, 'Said', ['last'])
    expect(await a1.nextSent()).to.equal(said('last'))
    expect(await b1.nextSent()).to.equal(said('last'))
  })
})
