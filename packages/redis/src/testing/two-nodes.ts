import { type RedisNode, type RedisNodeOptions, startRedisNode } from './redis-node.js'
import type { Listener, RedisServer } from './redis-server.js'

/** Two nodes of one hub, for one test. */
export interface TwoNodes {
  readonly a: RedisNode
  readonly b: RedisNode
  /** @returns what is published on these channels from now to the end of the test. */
  listen(...channels: readonly string[]): Promise<Listener['received']>
}

/** Gives each test two nodes at one Redis, both with these options. */
export function useTwoNodes(redis: () => RedisServer, options: Omit<RedisNodeOptions, 'url'> = {}): TwoNodes {
  let a: RedisNode | undefined
  let b: RedisNode | undefined
  let listeners: Listener[] = []

  beforeEach('two nodes', async () => {
    listeners = []
    a = await startRedisNode({ ...options, url: redis().url })
    b = await startRedisNode({ ...options, url: redis().url })
  })

  afterEach('two nodes', async () => {
    for (const listener of listeners) listener.close()
    await Promise.all([a?.close(), b?.close()])
  })

  return {
    get a() {
      return a!
    },
    get b() {
      return b!
    },
    async listen(...channels) {
      const listener = await redis().listen(...channels)
      listeners.push(listener)
      return listener.received
    },
  }
}
