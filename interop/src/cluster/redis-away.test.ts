import { type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { needsRedis, RedisServer } from '@signalbox/conformance/redis'
import { redisBackplane } from '@signalbox/redis'
import { expect } from 'chai'
import { createServer, Hub, type SignalboxServer } from 'signalbox'

class ChatHub extends Hub {
  static hubMethods = { say: 1, shout: 1 }

  async say(text: string): Promise<void> {
    await this.clients.all['said']!(text)
  }

  shout(text: string): void {
    void this.clients.all['said']!(text)
  }
}

const sends = 50

describe('the log of a server whose Redis is away', () => {
  needsRedis()
  let redis: RedisServer
  let server: SignalboxServer
  let client: HubConnection
  let lines: string[]
  let details: unknown[]

  beforeEach(async () => {
    lines = []
    details = []
    const keep = (message: string) => void lines.push(message)
    const logger = {
      debug: (_: string, error?: unknown) => void details.push(error),
      info() {},
      warn: keep,
      error: keep,
    }
    redis = await RedisServer.start()
    const backplane = redisBackplane({ url: redis.url, sendTimeoutMs: 200 })
    server = createServer({ backplane, logger })
    server.mapHub('/chat', ChatHub)
    const { url } = await server.listen(0)
    client = new HubConnectionBuilder().withUrl(`${url}/chat`).configureLogging(LogLevel.None).build()
    await client.start()
    // The answer of a call says that the connection is registered with Redis, which the start does not wait for.
    await client.invoke('say', 'hello')
    await redis.stop()
    while (backplane.isReady) await new Promise(resolve => setImmediate(resolve))
    lines.length = 0
    details.length = 0
  })

  afterEach(async () => {
    await client.stop()
    await server.close()
  })

  const failsEachTime = async (send: () => Promise<unknown>) => {
    const sent = await Promise.allSettled(Array.from({ length: sends }, send))
    expect(sent.filter(({ status }) => status === 'rejected')).to.have.length(sends)
  }
  /** Without what the connection itself has to say, which comes when it comes. */
  const ofSends = () => lines.filter(line => !line.startsWith('The connection to Redis failed'))

  it('has one line of the calls of a hub method that fail with it, and then their number', async () => {
    await failsEachTime(() => client.invoke('say', 'hello'))
    expect(ofSends()).to.deep.equal(['Hub method ChatHub.say failed.'])
    expect(details.filter(error => String(error).startsWith('BackplaneError'))).to.have.length(sends - 1)
    await server.close()
    expect(ofSends().slice(1)).to.deep.equal([
      `Hub method ChatHub.say failed. (${sends - 1} more of this kind in the last 60 s)`,
    ])
  })

  it('has one line of sends that nobody awaits', async () => {
    for (let count = 0; count < sends; count++) await client.invoke('shout', 'hello')
    while (details.length < sends - 1) await new Promise(resolve => setImmediate(resolve))
    expect(ofSends()).to.deep.equal(["ChatHub: sending 'said' to clients failed."])
  })

  it('has one line of sends from outside the hub', async () => {
    await failsEachTime(() => server.hub(ChatHub).clients.all['said']!('hello'))
    await new Promise(resolve => setImmediate(resolve))
    expect(ofSends()).to.deep.equal(["ChatHub: sending 'said' to clients failed."])
  })

  it('has one line of connections that are not let in', async () => {
    const url = client.baseUrl
    await failsEachTime(async () => {
      const late = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.None).build()
      const closed = new Promise((_, reject) => late.onclose(error => reject(error ?? new Error('closed'))))
      await Promise.all([late.start(), closed])
    })
    expect(ofSends()).to.deep.equal(['ChatHub.onConnected failed.'])
  })
})
