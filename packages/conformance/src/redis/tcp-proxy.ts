import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

interface Pair {
  readonly client: Socket
  readonly redis: Socket
  publishes: boolean
}

/** What becomes of bytes, and of those who connect. */
type Passage = 'open' | 'swallowing' | 'swallowing receipts' | 'stalled' | 'refusing'

/** Stands between a node and Redis, for what a network can do to them. */
export class TcpProxy {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #passage: Passage = 'open'
  /** Pieces that came from clients since the start. */
  writes = 0

  private constructor(server: Server, redisPort: number) {
    this.#server = server
    server.on('connection', client => {
      if (this.#passage === 'refusing') client.resetAndDestroy()
      else this.#join(client, connect(redisPort, '127.0.0.1'))
    })
  }

  static async start(redisPort: number): Promise<TcpProxy> {
    const server = createServer()
    const proxy = new TcpProxy(server, redisPort)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The proxy does not listen.')
    return `redis://127.0.0.1:${address.port}`
  }

  /** Connections stand, and can be made, but all that is sent is lost, in either direction. */
  partition(): void {
    this.#passage = 'swallowing'
    for (const pair of this.#pairs) swallow(pair)
  }

  /** What is published reaches Redis, but its answers do not come back; those who only listen notice nothing. */
  swallowReceipts(): void {
    this.#passage = 'swallowing receipts'
    for (const pair of this.#pairs) if (pair.publishes) swallowAnswers(pair)
  }

  /**
   * Connections stand, and can be made, but all that is sent has to wait until `heal`: packets are lost, and will be
   * sent again.
   */
  stall(): void {
    this.#passage = 'stalled'
    for (const pair of this.#pairs) stop(pair)
  }

  /** Cuts every connection, and takes none. */
  reset(): void {
    this.#passage = 'refusing'
    for (const { client } of this.#pairs) client.resetAndDestroy()
  }

  /** New connections work, and what was stalled arrives. A connection that something was swallowed of stays mute. */
  heal(): void {
    if (this.#passage === 'stalled') for (const pair of this.#pairs) pass(pair)
    this.#passage = 'open'
  }

  /** Takes nothing from Redis any more, which then has to keep it. */
  stopReadingFromRedis(): void {
    for (const { redis } of this.#pairs) {
      redis.unpipe()
      redis.pause()
    }
  }

  async close(): Promise<void> {
    for (const { client } of this.#pairs) client.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket, redis: Socket): void {
    const pair: Pair = { client, redis, publishes: false }
    this.#pairs.add(pair)
    client.on('data', (bytes: Buffer) => {
      this.writes++
      pair.publishes ||= bytes.includes('publish')
      if (pair.publishes && this.#passage === 'swallowing receipts') swallowAnswers(pair)
    })
    pass(pair)
    if (this.#passage === 'swallowing') swallow(pair)
    if (this.#passage === 'stalled') stop(pair)
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      socket.on('error', () => {})
      socket.on('close', () => {
        other.destroy()
        this.#pairs.delete(pair)
      })
    }
  }
}

function pass({ client, redis }: Pair): void {
  client.pipe(redis).pipe(client)
}

function swallow(pair: Pair): void {
  for (const socket of [pair.client, pair.redis]) {
    socket.unpipe()
    socket.resume()
  }
}

function swallowAnswers({ redis }: Pair): void {
  redis.unpipe()
  redis.resume()
}

function stop(pair: Pair): void {
  for (const socket of [pair.client, pair.redis]) {
    socket.unpipe()
    socket.pause()
  }
}
