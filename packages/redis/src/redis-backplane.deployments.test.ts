import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually, type TestConnection } from '@signalbox/conformance'
import { freePort, needsRedis, RedisServer, useRedisServer } from '@signalbox/conformance/redis'
import { SerializedHubMessage } from '@signalbox/hubs'
import { expect } from 'chai'
import { redisBackplane } from './redis-backplane.js'
import { RedisCluster } from './testing/redis-cluster.js'
import { type RedisNode, redisNode, startRedisNode } from './testing/redis-node.js'
import { RedisSentinel } from './testing/redis-sentinel.js'

const hub = 'Chat.Hubs.ChatHub'
const said = (...args: readonly unknown[]) => JSON.stringify({ type: 1, target: 'Said', arguments: args })

describe('RedisBackplane as a user with few rights', () => {
  const redis = useRedisServer()
  let node: RedisNode

  beforeEach(async () => {
    const rights = ['reset', 'on', '>secret', '-@all', '+publish', '+subscribe', '+unsubscribe', `&${hub}:*`]
    await redis().admin.call('ACL', 'SETUSER', 'signalbox', ...rights)
    node = redisNode({ url: redis().url.replace('://', '://signalbox:secret@'), sendTimeoutMs: 500 })
  })

  afterEach(() => node.close())

  it('needs PUBLISH, SUBSCRIBE and UNSUBSCRIBE on the channels of its hub, and no more', async () => {
    await eventually(() => node.backplane.isReady)
    const client = await node.connect('c', 'ann')
    await node.manager.addToGroup('c', 'g')
    await node.send({ groups: ['g'] }, 'Said', [1])
    await node.send({ users: ['ann'] }, 'Said', [2])
    expect([await client.nextSent(), await client.nextSent()]).to.deep.equal([said(1), said(2)])
  })

  it('says that channels of another hub are refused, which ones at debug, and the first hub goes on', async () => {
    const { logger } = node
    const other = node.backplane.createLifetimeManager(node.hub('Other'))
    const [first, ...others] = [...other.channels.base, other.channels.pendingInvocations].map(
      channel => `Redis refuses the channel '${channel}'.`,
    )
    await eventually(() => logger.details.length === others.length)
    expect(logger.errors.map(({ message }) => message)).to.deep.equal([first])
    expect(logger.details).to.deep.equal(others)
    expect(node.backplane.health.hubs.map(({ name, isReady }) => [name, isReady])).to.deep.equal([
      [hub, true],
      ['Other', false],
    ])
    expect(node.backplane.isReady).to.equal(false)
    const client = await node.connect('c')
    await node.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
    const failure = await Promise.resolve(other.send({ all: true }, SerializedHubMessage.invocation('Said', []))).catch(
      error => error,
    )
    expect(failure).to.have.property('code', 'SIGNALR_BACKPLANE_REFUSED')
  })

  it('is not ready with a wrong password, and says so', async () => {
    const wrong = redisNode({ url: redis().url.replace('://', '://signalbox:wrong@') })
    await eventually(() => wrong.logger.errors.length > 0)
    expect(String(wrong.logger.errors[0]!.error)).to.contain('WRONGPASS')
    expect(wrong.backplane.isReady).to.equal(false)
    await wrong.close()
  })
})

describe('RedisBackplane on a Redis Cluster', () => {
  needsRedis()
  let cluster: RedisCluster
  let a: RedisNode
  let b: RedisNode
  let client: TestConnection
  /** A new one for each test: on a server that is slow to hear of it, what an earlier test sent may still arrive. */
  let connectionId: string

  before(async function () {
    this.timeout(20_000)
    cluster = await RedisCluster.start()
  })

  after(() => cluster.stop())

  beforeEach(async () => {
    a = await startRedisNode({ clusterNodes: cluster.nodes })
    b = await startRedisNode({ clusterNodes: cluster.nodes })
    // On different servers, or it would all work as with a single one.
    while ((await serverOf(a)) === (await serverOf(b))) {
      await b.close()
      b = await startRedisNode({ clusterNodes: cluster.nodes })
    }
    connectionId = randomUUID()
    client = await b.connect(connectionId, `user of ${connectionId}`)
  })

  afterEach(async () => {
    await Promise.all([a.close(), b.close()])
  })

  /** Which of the servers a node listens to. */
  async function serverOf({ manager }: RedisNode): Promise<number> {
    const counts = await Promise.all(cluster.servers.map(server => server.subscribers(manager.channels.ownAcks)))
    return counts.findIndex(([count]) => count === 1)
  }

  it('reaches all, groups, users and connections of the other node', async () => {
    await a.manager.addToGroup(connectionId, `group of ${connectionId}`)
    await a.send({ all: true }, 'Said', ['all'])
    await a.send({ groups: [`group of ${connectionId}`] }, 'Said', ['group'])
    await a.send({ users: [`user of ${connectionId}`] }, 'Said', ['user'])
    await a.send({ clients: [connectionId] }, 'Said', ['connection'])
    await eventually(() => client.sent.length === 4)
    expect(client.sent).to.deep.equal([said('all'), said('group'), said('user'), said('connection')])
  })

  it('brings results of clients of the other node', async () => {
    for (let number = 0; number < 10; number++) {
      const asked = a.manager.clientResults.invoke(connectionId, 'Ask', [], undefined)
      await eventually(() => client.sent.at(-1)?.includes('Ask') === true)
      const { invocationId } = JSON.parse(client.sent.pop()!)
      client.receive(`{"type":3,"invocationId":"${invocationId}","result":${number}}\x1e`)
      expect(await asked).to.equal(number)
    }
  })

  it('knows that nobody has a connection', async () => {
    await a.manager.addToGroup('nobody', 'g')
    const failure = await a.manager.clientResults.invoke('nobody', 'Ask', [], undefined).catch(error => error)
    expect(failure).to.have.property('message', "Connection 'nobody' does not exist.")
  })

  it('goes on with the next server when the one in use is lost', async () => {
    for (const server of cluster.servers) await server.admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await eventually(() => a.backplane.health.gaps === 1 && b.backplane.health.gaps === 1)
    await eventually(() => a.backplane.isReady && b.backplane.isReady)
    await a.send({ all: true }, 'Said', [1])
    await eventually(() => client.sent.includes(said(1)))
  })
})

describe('RedisBackplane on a Redis Cluster of which one node is listed', () => {
  needsRedis()
  let cluster: RedisCluster
  let a: RedisNode
  let b: RedisNode

  beforeEach(async function () {
    this.timeout(20_000)
    cluster = await RedisCluster.start()
    const options = { clusterNodes: cluster.nodes.slice(0, 1), sendTimeoutMs: 2_000 }
    a = await startRedisNode(options)
    b = await startRedisNode(options)
    // Each of them has a connection to the nodes it has learnt.
    await eventually(async () => (await cluster.servers[2]!.clients()).others.length === 2)
  })

  afterEach(async () => {
    await Promise.all([a.close(), b.close()])
    await cluster.stop()
  })

  it('goes on with the others when that one is lost', async () => {
    const client = await b.connect('b1')
    await cluster.servers[0]!.stop()
    await eventually(() => a.backplane.health.gaps === 1 && b.backplane.health.gaps === 1)
    await eventually(() => a.backplane.isReady && b.backplane.isReady)
    await a.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
  })

  it('knows of everybody who listens anywhere', async () => {
    const failure = await a.manager.clientResults.invoke('nobody', 'Ask', [], undefined).catch(error => error)
    expect(failure).to.have.property('message', "Connection 'nobody' does not exist.")
  })
})

describe('RedisBackplane with credentials that change', () => {
  const redis = useRedisServer()
  let password: string
  let node: RedisNode | undefined

  const change = async (next: string) => {
    password = next
    await redis().admin.call('ACL', 'SETUSER', 'token', 'reset', 'on', `>${next}`, '+@all', '&*')
  }

  beforeEach(() => change('first'))
  afterEach(() => node?.close())

  it('asks for them before each attempt to connect', async () => {
    node = await startRedisNode({ url: redis().url, credentials: async () => ({ username: 'token', password }) })
    await change('second')
    await redis().admin.call('CLIENT', 'KILL', 'USER', 'token')
    await eventually(() => node!.backplane.health.gaps === 1 && node!.backplane.isReady)
  })

  it('uses them rather than those of the URL', async () => {
    const url = redis().url.replace('://', '://token:wrong@')
    node = await startRedisNode({ url, credentials: () => ({ username: 'token', password }) })
  })

  it('asks again when they could not be had, and says so once', async () => {
    let asked = 0
    const credentials = () => {
      asked++
      if (asked <= 4) throw new Error('no token service')
      return { username: 'token', password }
    }
    node = await startRedisNode({ url: redis().url, credentials })
    expect(node.logger.errors.map(({ error }) => String(error))).to.deep.equal(['Error: credentials failed.'])
  })
})

describe('RedisBackplane behind Sentinel', () => {
  needsRedis()
  let sentinel: RedisSentinel
  let a: RedisNode
  let b: RedisNode

  beforeEach(async function () {
    this.timeout(20_000)
    sentinel = await RedisSentinel.start()
    const options = { redis: { sentinels: [sentinel.address], name: sentinel.masterName }, sendTimeoutMs: 2_000 }
    a = await startRedisNode(options)
    b = await startRedisNode(options)
  })

  afterEach(async () => {
    await Promise.all([a.close(), b.close()])
    await sentinel.stop()
  })

  it('leaves a master that Sentinel has deposed and that is still there', async function () {
    this.timeout(20_000)
    const client = await b.connect('b1')
    const deposed = await sentinel.depose()
    await eventually(async () => {
      const counts = await sentinel.master.subscribers(`${hub}:internal:groups`)
      return counts[0] === 2 && a.backplane.isReady && b.backplane.isReady
    })
    expect(await deposed.subscribers(`${hub}:internal:groups`)).to.deep.equal([0])
    await a.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
  })

  it('leaves no connection to Sentinel behind', async () => {
    await eventually(async () => (await sentinel.subscriberCount()) === 4)
    await Promise.all([a.close(), b.close()])
    await eventually(async () => (await sentinel.subscriberCount()) === 0)
  })

  it('follows when a replica is promoted', async function () {
    this.timeout(20_000)
    const client = await b.connect('b1')
    await sentinel.failOver()
    await eventually(() => a.backplane.health.gaps > 0 && b.backplane.health.gaps > 0)
    await eventually(async () => {
      const counts = await sentinel.master.subscribers(`${hub}:internal:groups`)
      return counts[0] === 2 && a.backplane.isReady && b.backplane.isReady
    })
    await a.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
  })
})

describe('RedisBackplane over TLS', () => {
  let folder: string
  let redis: RedisServer
  let tlsPort: number
  needsRedis()

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-redis-tls-'))
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const kind = ['-x509', '-days', '7', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    await promisify(execFile)('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate])
    tlsPort = await freePort()
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
    redis = await RedisServer.start(['--tls-port', String(tlsPort), '--tls-auth-clients', 'no', ...files])
  })

  after(async () => {
    await redis.stop()
    await rm(folder, { recursive: true })
  })

  it('works with `rediss:` and the certificate', async () => {
    const tls = { ca: await readFile(join(folder, 'certificate.pem')) }
    const options = { url: `rediss://127.0.0.1:${tlsPort}`, redis: { tls } }
    const [a, b] = [await startRedisNode(options), await startRedisNode(options)]
    const client = await b.connect('b1')
    await a.send({ all: true }, 'Said', [1])
    expect(await client.nextSent()).to.equal(said(1))
    await Promise.all([a.close(), b.close()])
  })

  it('does not trust a certificate it does not know', async () => {
    let attempts = 0
    const retryStrategy = (times: number) => {
      attempts = times
      return 10
    }
    const node = redisNode({ url: `rediss://127.0.0.1:${tlsPort}`, redis: { retryStrategy } })
    await eventually(() => node.logger.errors.length > 0)
    expect(String(node.logger.errors[0]!.error)).to.match(/self.signed/)
    await eventually(() => attempts > 3) // each fails again, and none may end the process
    expect(node.backplane.isReady).to.equal(false)
    await node.close()
  })
})

describe('redisBackplane', () => {
  for (const option of ['sendTimeoutMs', 'ackTimeoutMs', 'maximumPayloadBytes']) {
    it(`refuses 0 as ${option}`, () => {
      expect(() => redisBackplane({ [option]: 0 })).to.throw(`${option} must be a number not below 1`)
    })
  }

  it('is not ready before there is a hub, and can be closed', async () => {
    const backplane = redisBackplane()
    expect(backplane.health).to.deep.equal({
      isReady: false,
      hubs: [],
      channels: 0,
      gaps: 0,
      gapMs: 0,
      failedSends: 0,
      error: undefined,
    })
    await backplane.close()
  })
})
