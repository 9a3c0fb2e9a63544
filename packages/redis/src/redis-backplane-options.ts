import {
  aFunction,
  anObject,
  checkOptions,
  listOf,
  membersOf,
  numberFrom,
  type OptionTable,
  text,
  withDefaults,
} from '@signalbox/abstractions'
import type { RedisOptions } from 'ioredis'

export interface RedisAddress {
  readonly host: string
  readonly port: number
}

export interface RedisCredentials {
  readonly username?: string
  readonly password: string
}

export interface RedisBackplaneOptions {
  /** `redis://user:password@host:port`, or `rediss://` for TLS; default `redis://localhost:6379`. The database number means nothing to pub/sub. */
  url?: string
  /** More options of ioredis: `tls`, `sentinels` and `name`, `username` and `password`… What the URL says goes first. */
  redis?: RedisOptions
  /**
   * Nodes of a Redis Cluster, at least one that is there at the start; the others are learned from it, at the addresses the cluster announces.
   * One is listened to and published on, as pub/sub passes between them, and all are asked whether anybody has a connection. `url` is not
   * used then.
   */
  clusterNodes?: readonly RedisAddress[]
  /**
   * User and password, asked before each attempt to connect: for tokens that expire, such as those of AWS IAM or Entra ID. What the URL and
   * `redis` say is not used then. What it throws counts as a failed attempt.
   */
  credentials?: () => RedisCredentials | Promise<RedisCredentials>
  /** Stands before every channel, without a separator of its own; the same on every node. Default none. @source ConfigurationOptions.ChannelPrefix */
  channelPrefix?: string
  /** Within which a send, a join and a connect must have reached Redis, or they fail. Default 5,000 ms, as StackExchange.Redis. */
  sendTimeoutMs?: number
  /** Within which the node of a connection must confirm that it has joined or left a group. Default 30,000 ms, as in .NET. */
  ackTimeoutMs?: number
  /** Largest payload sent and received. Default 32 MiB: by its default settings Redis disconnects a subscriber that is owed more. */
  maximumPayloadBytes?: number
}

export interface ResolvedRedisBackplaneOptions
  extends Required<Omit<RedisBackplaneOptions, 'url' | 'redis' | 'credentials'>> {
  readonly url: string | undefined
  readonly credentials: RedisBackplaneOptions['credentials']
  readonly redis: RedisOptions
}

const addressTable: OptionTable<RedisAddress> = {
  host: { takes: text("a host's name or address") },
  port: { takes: numberFrom(1, 65_535) },
}

/** ioredis takes any other text for the path of a socket. */
const isRedisUrl = (url: string): boolean => /^(rediss?:\/\/|\/)/i.test(url)

const table = {
  url: {
    takes: text('an address that begins with redis:// or rediss://, such as redis://localhost:6379', isRedisUrl),
    otherNames: ['connectionString'],
  },
  redis: { takes: anObject("an object with ioredis's own options") },
  clusterNodes: {
    takes: listOf("a list such as [{ host: 'redis-1', port: 6379 }]", membersOf('redisBackplane', addressTable)),
    default: [],
  },
  credentials: { takes: aFunction('a function that returns { username, password }') },
  channelPrefix: {
    takes: text(),
    default: '',
    dotNetName: 'ConfigurationOptions.ChannelPrefix',
    otherNames: ['prefix', 'keyPrefix'],
  },
  sendTimeoutMs: { takes: numberFrom(1), default: 5_000 },
  ackTimeoutMs: { takes: numberFrom(1), default: 30_000 },
  maximumPayloadBytes: { takes: numberFrom(1), default: 32 * 1024 * 1024 },
} satisfies OptionTable<RedisBackplaneOptions>

/** Time between two attempts to reach Redis again; it grows to this. Everything must be subscribed again within a second of its return. */
const longestRetryDelayMs = 250
const retryStepMs = 50

/** @throws ConfigurationError that names the option. */
export function resolveRedisBackplaneOptions(options: RedisBackplaneOptions): ResolvedRedisBackplaneOptions {
  checkOptions('redisBackplane', table, options)
  const given = withDefaults<RedisBackplaneOptions, typeof table>(table, options)
  return {
    ...given,
    redis: {
      retryStrategy: attempt => Math.min(attempt * retryStepMs, longestRetryDelayMs),
      connectTimeout: given.sendTimeoutMs,
      // Redis that does not answer is as good as lost; a ping a second sees to it that there is always something to answer.
      socketTimeout: given.sendTimeoutMs,
      disconnectTimeout: 200,
      // A master that has been deposed may be reachable and look well: who stays with it hears nothing of those who have moved on.
      failoverDetector: options.redis?.sentinels != null,
      ...options.redis,
      // What waits, and for how long, is decided here: nothing is queued, resent or subscribed again by ioredis.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      // Commands without an answer fail when the connection is lost. (With null they would stay pending for ever.)
      maxRetriesPerRequest: 0,
      // PUBLISH and SUBSCRIBE are served while Redis loads, and INFO is one right less to grant. But what Sentinel names must prove to be a master.
      enableReadyCheck: options.redis?.sentinels != null,
      lazyConnect: false,
    },
  }
}
