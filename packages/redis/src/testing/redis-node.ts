import { TestNode, type TestNodeOptions } from '@signalbox/conformance'
import { type RedisBackplane, redisBackplane } from '../redis-backplane.js'
import type { RedisBackplaneOptions } from '../redis-backplane-options.js'

/** One server of a cluster, with a backplane on Redis. */
export type RedisNode = TestNode<RedisBackplane>

export type RedisNodeOptions = TestNodeOptions & RedisBackplaneOptions

export function redisNode({ hubName, protocols, ...options }: RedisNodeOptions): RedisNode {
  const given = { ...(hubName === undefined ? {} : { hubName }), ...(protocols === undefined ? {} : { protocols }) }
  return new TestNode(redisBackplane(options), given)
}

/** The same, once it is part of its cluster. */
export const startRedisNode = (options: RedisNodeOptions): Promise<RedisNode> => redisNode(options).ready()
