import { Redis, type RedisOptions } from 'ioredis'
import type { RedisCredentials, ResolvedRedisBackplaneOptions } from './redis-backplane-options.js'
import type { RedisClusterNodes } from './redis-cluster-nodes.js'

/** How long it waits after a failure before it asks for the credentials again. */
const retryDelayMs = 250

/** One connection to Redis, that connects again by itself. */
export function createClient(options: ResolvedRedisBackplaneOptions, nodes: RedisClusterNodes | undefined): Redis {
  const { redis, credentials } = options
  const url = nodes === undefined ? options.url : undefined
  const own = { ...redis, replyMapping: 'legacy' as const, ...nodes?.next() }
  let client: Redis
  if (credentials !== undefined) client = new RedisWithCredentials(url, own, credentials)
  else client = url === undefined ? new Redis(own) : new Redis(url, own)
  // Every node of a cluster will do; after a loss it is the next one's turn. ioredis reads the address anew for each
  // attempt.
  if (nodes !== undefined) client.on('reconnecting', () => Object.assign(client.options, nodes.next()))
  return client
}

/** A connection that asks for user and password before each attempt to connect. */
class RedisWithCredentials extends Redis {
  readonly #ask: () => RedisCredentials | Promise<RedisCredentials>
  #isOver = false

  constructor(url: string | undefined, options: RedisOptions, ask: () => RedisCredentials | Promise<RedisCredentials>) {
    // The constructor of ioredis would connect before there is anything to ask. It takes undefined for a URL, its types
    // do not say so.
    super(url as string, { ...options, replyMapping: 'legacy', lazyConnect: true })
    this.#ask = ask
    queueMicrotask(() => this.connect().catch(() => {})) // by then somebody hears of errors
  }

  override async connect(): Promise<void> {
    while (!this.#isOver) {
      try {
        const { username, password } = await this.#ask()
        Object.assign(this.options, { username: username ?? null, password })
        break
      } catch (error) {
        this.emit('error', error instanceof Error ? error : new Error('credentials failed.', { cause: error }))
        await new Promise(resolve => setTimeout(resolve, retryDelayMs))
      }
    }
    if (!this.#isOver) await super.connect()
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#isOver = true
    super.disconnect(reconnect)
  }
}
