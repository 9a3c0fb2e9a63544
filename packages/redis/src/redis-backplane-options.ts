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
  /** Its name or address. */
  readonly host: string
  /** Its port. */
  readonly port: number
}

export interface RedisCredentials {
  readonly username?: string
  readonly password: string
}

export interface RedisBackplaneOptions {
  /**
   * `redis://user:password@host:port`, or `rediss://` for TLS. The database number means nothing to pub/sub: give two
   * applications on one Redis different prefixes. Default `redis://localhost:6379`.
   */
  url?: string
  /**
   * More options of ioredis: `tls`, `sentinels` and `name`, `username` and `password`… What the URL says goes first.
   * Default none. .NET: ConfigurationOptions.
   */
  redis?: RedisOptions
  /**
   * Nodes of a Redis Cluster, at least one that is there at the start; the others are learned from it, at the addresses
   * the cluster announces. One is listened to and published on, as pub/sub passes between them, and all are asked
   * whether anybody has a connection. `url` is not used then. Default none. .NET: ConfigurationOptions.EndPoints.
   */
  clusterNodes?: readonly RedisAddress[]
  /**
   * User and password, asked before each attempt to connect: for tokens that expire, such as those of AWS IAM or Entra
   * ID. What the URL and `redis` say is not used then. What it throws counts as a failed attempt, and so does no answer
   * within `sendTimeoutMs`. Default those of `url` and `redis`.
   */
  credentials?: () => RedisCredentials | Promise<RedisCredentials>
  /**
   * Stands before every channel, without a separator of its own; the same on every node. Default none. .NET:
   * ConfigurationOptions.ChannelPrefix.
   */
  channelPrefix?: string
  /**
   * Within which a send, a join and a connect must have reached Redis, or they fail, and within which a Redis that
   * hangs is given up. Default 5,000 ms. .NET: ConfigurationOptions.AsyncTimeout.
   */
  sendTimeoutMs?: number
  /** Within which the node of a connection must confirm that it has joined or left a group. Default 30,000 ms. */
  ackTimeoutMs?: number
  /**
   * Largest payload sent and received. By its default settings Redis disconnects a subscriber that is owed more than 32
   * MiB. Default 33,554,432 bytes.
   */
  maximumPayloadBytes?: number
}

export interface ResolvedRedisBackplaneOptions
  extends Required<Omit<RedisBackplaneOptions, 'url' | 'redis' | 'credentials'>> {
  readonly url: string | undefined
  readonly credentials: RedisBackplaneOptions['credentials']
  readonly redis: RedisOptions
}

export const redisAddressOptionTable = {
  host: { takes: text("a host's name or address"), doc: 'Its name or address.', isRequired: true },
  port: { takes: numberFrom(1, 65_535), doc: 'Its port.', isRequired: true },
} satisfies OptionTable<RedisAddress>

/** ioredis takes any other text for the path of a socket. */
const isRedisUrl = (url: string): boolean => /^(rediss?:\/\/|\/)/i.test(url)

export const redisBackplaneOptionTable = {
  url: {
    takes: text('an address that begins with redis:// or rediss://, such as redis://localhost:6379', isRedisUrl),
    doc:
      '`redis://user:password@host:port`, or `rediss://` for TLS. The database number means nothing to pub/sub: give' +
      ' two applications on one Redis different prefixes.',
    defaultText: '`redis://localhost:6379`',
    otherNames: ['connectionString'],
  },
  redis: {
    takes: anObject<RedisOptions>("an object with ioredis's own options"),
    doc:
      'More options of ioredis: `tls`, `sentinels` and `name`, `username` and `password`… What the URL says goes' +
      ' first.',
    default: {},
    dotNetName: 'ConfigurationOptions',
  },
  clusterNodes: {
    takes: listOf(
      "a list such as [{ host: 'redis-1', port: 6379 }]",
      membersOf('redisBackplane', redisAddressOptionTable),
    ),
    doc:
      'Nodes of a Redis Cluster, at least one that is there at the start; the others are learned from it, at the' +
      ' addresses the cluster announces. One is listened to and published on, as pub/sub passes between them, and all' +
      ' are asked whether anybody has a connection. `url` is not used then.',
    default: [],
    dotNetName: 'ConfigurationOptions.EndPoints',
  },
  credentials: {
    takes: aFunction<NonNullable<RedisBackplaneOptions['credentials']>>(
      'a function that returns { username, password }',
    ),
    doc:
      'User and password, asked before each attempt to connect: for tokens that expire, such as those of AWS IAM or' +
      ' Entra ID. What the URL and `redis` say is not used then. What it throws counts as a failed attempt, and so does' +
      ' no answer within `sendTimeoutMs`.',
    defaultText: 'those of `url` and `redis`',
  },
  channelPrefix: {
    takes: text(),
    doc: 'Stands before every channel, without a separator of its own; the same on every node.',
    default: '',
    dotNetName: 'ConfigurationOptions.ChannelPrefix',
    otherNames: ['prefix', 'keyPrefix'],
  },
  sendTimeoutMs: {
    takes: numberFrom(1),
    doc:
      'Within which a send, a join and a connect must have reached Redis, or they fail, and within which a Redis that' +
      ' hangs is given up.',
    default: 5_000,
    dotNetName: 'ConfigurationOptions.AsyncTimeout',
  },
  ackTimeoutMs: {
    takes: numberFrom(1),
    doc: 'Within which the node of a connection must confirm that it has joined or left a group.',
    default: 30_000,
  },
  maximumPayloadBytes: {
    takes: numberFrom(1),
    doc:
      'Largest payload sent and received. By its default settings Redis disconnects a subscriber that is owed more' +
      ' than 32 MiB.',
    default: 33_554_432,
  },
} satisfies OptionTable<RedisBackplaneOptions>

/**
 * Time between two attempts to reach Redis again; it grows to this. Everything must be subscribed again within a second
 * of its return.
 */
const longestRetryDelayMs = 250
const retryStepMs = 50

/** @throws ConfigurationError that names the option. */
export function resolveRedisBackplaneOptions(options: RedisBackplaneOptions): ResolvedRedisBackplaneOptions {
  checkOptions('redisBackplane', redisBackplaneOptionTable, options)
  const given = withDefaults<RedisBackplaneOptions, typeof redisBackplaneOptionTable>(
    redisBackplaneOptionTable,
    options,
  )
  return {
    ...given,
    redis: {
      retryStrategy: attempt => Math.min(attempt * retryStepMs, longestRetryDelayMs),
      connectTimeout: given.sendTimeoutMs,
      // Redis that does not answer is as good as lost; a ping a second sees to it that there is always something to
      // answer.
      socketTimeout: given.sendTimeoutMs,
      disconnectTimeout: 200,
      // A master that has been deposed may be reachable and look well: who stays with it hears nothing of those who
      // have moved on.
      failoverDetector: options.redis?.sentinels != null,
      ...options.redis,
      // What waits, and for how long, is decided here: nothing is queued, resent or subscribed again by ioredis.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      // Commands without an answer fail when the connection is lost. (With null they would stay pending for ever.)
      maxRetriesPerRequest: 0,
      // PUBLISH and SUBSCRIBE are served while Redis loads, and INFO is one right less to grant. But what Sentinel
      // names must prove to be a master.
      enableReadyCheck: options.redis?.sentinels != null,
      lazyConnect: false,
    },
  }
}
