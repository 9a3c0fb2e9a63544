import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between a node and Redis, for what a network can do to them. */
export class TcpProxy {
  readonly #server: Server
  readonly #pairs = new Set<{ client: Socket; redis: Socket }>()
  #isPartitioned = false
  /** Pieces that came from clients since the start. */
  writes = 0

  private constructor(server: Server, redisPort: number) {
    this.#server = server
    server.on('connection', client => {
      const redis = connect(redisPort, '127.0.0.1')
      const pair = { client, redis }
      this.#pairs.add(pair)
      client.on('data', () => this.writes++)
      client.pipe(redis).pipe(client)
      if (this.#isPartitioned) unpipe(pair)
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

  /** Connections stand, and can be made, but nothing passes, in either direction. */
  partition(): void {
    this.#isPartitioned = true
    for (const pair of this.#pairs) unpipe(pair)
  }

  /** What was swallowed stays so; new connections work. */
  heal(): void {
    this.#isPartitioned = false
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
}

function unpipe({ client, redis }: { client: Socket; redis: Socket }): void {
  for (const socket of [client, redis]) {
    socket.unpipe()
    socket.resume()
  }
}
