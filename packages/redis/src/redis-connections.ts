import { type Logger, printable, type RecurringLog } from '@signalbox/abstractions'
import { BackplaneError } from '@signalbox/cluster'
import type { Redis } from 'ioredis'
import type { RedisAddress, ResolvedRedisBackplaneOptions } from './redis-backplane-options.js'
import { createClient } from './redis-client.js'
import { RedisClusterClients } from './redis-cluster-clients.js'
import { keyOfAddress, RedisClusterNodes } from './redis-cluster-nodes.js'
import { isReplyError, RedisPublisher } from './redis-publisher.js'
import { Subscriptions } from './subscriptions.js'

/**
 * The longest time between two pings. It is shorter when `sendTimeoutMs` is: a Redis that hangs must be noticed within
 * that.
 */
const pingIntervalMs = 1_000
/**
 * After a loss other nodes need a moment too: a message published before they listen again would reach only the clients
 * here.
 */
const settlingMs = 250
const quitTimeoutMs = 1_000
/** The nodes of a Redis Cluster are asked for with every tenth ping. */
const pingsPerLearning = 10

/** What has happened to the connections since the start. */
export interface RedisConnectionCounts {
  /** How often messages of other nodes could be missed. */
  readonly gaps: number
  /** For how long in all, in milliseconds. */
  readonly gapMs: number
}

/**
 * The two connections to Redis that all hubs of a process share: one publishes, one listens. After a loss everything is
 * subscribed again before anything is published.
 */
export class RedisConnections {
  readonly publisher: RedisPublisher
  readonly subscriptions: Subscriptions
  readonly #publishing: Redis
  readonly #listening: Redis
  readonly #clusterNodes: RedisClusterNodes | undefined
  readonly #clusterClients: RedisClusterClients | undefined
  readonly #logger: Logger
  readonly #recurringLog: RecurringLog
  readonly #onLost: (error: BackplaneError) => void
  readonly #pings: NodeJS.Timeout
  /** Everything is subscribed. */
  #isListening = false
  #settling: NodeJS.Timeout | undefined
  /** Counts losses, so that whatever began before one can tell. */
  #epoch = 0
  #lostAt: number | undefined
  #gaps = 0
  #gapMs = 0
  #lastError: Error | undefined
  #isClosing = false
  #pingCount = 0
  /**
   * The first question for the nodes of a Redis Cluster on this connection: until its answer has come, some may be
   * unknown.
   */
  #learning: Promise<void> | undefined

  /** @param onLost - called at each loss: messages of other nodes are missed from then on. */
  constructor(
    options: ResolvedRedisBackplaneOptions,
    logger: Logger,
    recurringLog: RecurringLog,
    onLost: (error: BackplaneError) => void,
  ) {
    this.#logger = logger
    this.#recurringLog = recurringLog
    this.#onLost = onLost
    const nodes = options.clusterNodes.length === 0 ? undefined : new RedisClusterNodes(options.clusterNodes)
    this.#clusterNodes = nodes
    this.#publishing = createClient(options, nodes)
    this.#listening = createClient(options, nodes)
    for (const redis of [this.#publishing, this.#listening])
      redis.on('error', (error: Error) => this.#onError(redis, error))
    this.#clusterClients =
      nodes === undefined ? undefined : new RedisClusterClients(nodes, address => this.#connectTo(address, options))
    this.publisher = new RedisPublisher(this.#publishing, options.sendTimeoutMs)
    const commands = {
      subscribe: (channels: readonly string[]) => this.#listening.subscribe(...channels),
      unsubscribe: (channels: readonly string[]) => this.#listening.unsubscribe(...channels),
      isRefusal: isReplyError,
    }
    this.subscriptions = new Subscriptions(commands, options.sendTimeoutMs, (channel, error) =>
      recurringLog.error('redisChannelRefused', `Redis refuses the channel '${printable(channel, 300)}'.`, error),
    )
    this.#listening.on('messageBuffer', (channel: Buffer, payload: Buffer) =>
      this.subscriptions.dispatch(channel, payload),
    )
    this.#listening.on('ready', () => void this.#onListenerReady())
    this.#listening.on('close', () => this.#onListenerLost())
    this.#publishing.on('ready', () => {
      this.#openWhenReady()
      this.#learning = this.#learnNodes()
    })
    this.#publishing.on('close', () => this.publisher.pause())
    this.#pings = setInterval(() => this.#ping(), Math.min(pingIntervalMs, options.sendTimeoutMs / 2))
  }

  /** Messages of other nodes come in, and those of this node go out. */
  get isReady(): boolean {
    return this.#isListening && this.#publishing.status === 'ready'
  }

  get lastError(): Error | undefined {
    return this.#lastError
  }

  get counts(): RedisConnectionCounts {
    const openGapMs = this.#lostAt === undefined ? 0 : performance.now() - this.#lostAt
    return { gaps: this.#gaps, gapMs: Math.round(this.#gapMs + openGapMs) }
  }

  /**
   * @returns how many nodes hear it. A server of a Redis Cluster knows its own subscribers only: when it has none,
   *   undefined.
   */
  publish(channel: string, payload: Buffer): Promise<number | undefined> {
    const published = this.publisher.publish(channel, payload)
    return this.#clusterClients === undefined ? published : published.then(count => (count === 0 ? undefined : count))
  }

  /** How many nodes listen to each of these channels. @returns undefined when Redis does not say. */
  async countSubscribers(channels: readonly string[]): Promise<number[] | undefined> {
    try {
      if (this.#clusterClients !== undefined) {
        await this.#learning
        return await this.#clusterClients.count(channels)
      }
      const answer = await this.#publishing.pubsub('NUMSUB', ...channels)
      return channels.map((_, index) => Number(answer[2 * index + 1]))
    } catch {
      return undefined
    }
  }

  get #all(): readonly Redis[] {
    return [this.#publishing, this.#listening, ...(this.#clusterClients?.clients ?? [])]
  }

  async close(): Promise<void> {
    if (this.#isClosing) return
    this.#isClosing = true
    clearInterval(this.#pings)
    clearTimeout(this.#settling)
    this.publisher.flush()
    await Promise.all(this.#all.map(quit))
    const error = new BackplaneError('SIGNALR_BACKPLANE_CLOSED', 'The backplane has been closed.')
    this.publisher.close(error)
    this.subscriptions.close(error)
  }

  async #onListenerReady(): Promise<void> {
    const epoch = this.#epoch
    try {
      await this.subscriptions.onConnected()
    } catch {
      // Lost again, most likely. If not, a new connection is the only way to know what is subscribed.
      if (epoch === this.#epoch) this.#listening.disconnect(true)
      return
    }
    if (epoch !== this.#epoch || this.#isClosing) return
    this.#isListening = true
    this.#lastError = undefined
    if (this.#lostAt === undefined) {
      this.#openWhenReady()
      return
    }
    const gapMs = performance.now() - this.#lostAt
    this.#lostAt = undefined
    this.#gapMs += gapMs
    // Each gap by itself, and not once a minute: clients missed messages in each of them, and its length is nowhere
    // else.
    this.#logger.warn(`Redis is back. Messages of other nodes have been missed for ${Math.round(gapMs)} ms.`)
    this.publisher.prepare()
    this.#settling = setTimeout(() => {
      this.#settling = undefined
      this.#openWhenReady()
    }, settlingMs)
  }

  #onListenerLost(): void {
    this.#epoch++
    this.subscriptions.onLost()
    this.publisher.pause()
    clearTimeout(this.#settling)
    this.#settling = undefined
    if (!this.#isListening || this.#isClosing) return
    this.#isListening = false
    this.#lostAt = performance.now()
    this.#gaps++
    this.#logger.warn('Redis is lost. Messages of other nodes are missed until it is back.', this.#lastError)
    this.#onLost(new BackplaneError('SIGNALR_BACKPLANE_LOST', 'Redis was lost.', this.#lastError))
  }

  #openWhenReady(): void {
    if (this.isReady && this.#settling === undefined && !this.#isClosing) this.publisher.open()
  }

  #connectTo(address: RedisAddress, options: ResolvedRedisBackplaneOptions): Redis {
    const redis = createClient(options, new RedisClusterNodes([address]))
    redis.on('error', (error: Error) => {
      hearFurtherErrors(redis)
      this.#recurringLog.warn(
        'redisNodeAway',
        `A node of the Redis Cluster cannot be reached: ${keyOfAddress(address)}.`,
        error,
      )
    })
    return redis
  }

  /** Logs the first error of an outage; the attempts that follow tell nothing new. */
  #onError(redis: Redis, error: Error): void {
    hearFurtherErrors(redis)
    if (this.#lastError === undefined)
      this.#recurringLog.error('redisFailed', 'The connection to Redis failed; trying again.', error)
    this.#lastError = error
  }

  #ping(): void {
    for (const redis of this.#all) if (redis.status === 'ready') redis.ping().catch(() => {})
    this.#pingCount++
    if (this.#pingCount % pingsPerLearning === 0) void this.#learnNodes()
  }

  /**
   * Asks which nodes a Redis Cluster has. They change rarely. Where the user may not ask, those of the options remain.
   */
  async #learnNodes(): Promise<void> {
    const redis = this.#publishing
    if (this.#clusterNodes === undefined || redis.status !== 'ready' || this.#isClosing) return
    const { host = '', port = 0 } = redis.options
    const slots = await redis.cluster('SLOTS').catch(() => undefined)
    if (slots === undefined || this.#isClosing) return
    this.#clusterNodes.learn(slots, { host, port })
    this.#clusterClients?.refresh()
  }
}

/** ioredis hears the first error of a socket only, and TLS may report two: an unheard one would end the process. */
function hearFurtherErrors(redis: Redis): void {
  redis.stream?.on('error', () => {})
}

/** Sends QUIT, and does not wait long for the answer. */
async function quit(redis: Redis): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>(resolve => {
    timer = setTimeout(resolve, quitTimeoutMs)
  })
  if (redis.status === 'ready') await Promise.race([redis.quit().catch(() => {}), timeout])
  clearTimeout(timer)
  redis.disconnect()
}
