import type { Listener, RedisServer } from './redis-server.js'
import { TestNode, type TestNodeOptions } from './test-node.js'

/** Two nodes of one hub, for one test. */
export interface TwoNodes {
  readonly a: TestNode
  readonly b: TestNode
  /** @returns what is published on these channels from now to the end of the test. */
  listen(...channels: readonly string[]): Promise<Listener['received']>
}

/** Gives each test two nodes at one Redis, both with these options. */
export function useTwoNodes(redis: () => RedisServer, options: Omit<TestNodeOptions, 'url'> = {}): TwoNodes {
  let a: TestNode | undefined
  let b: TestNode | undefined
  let listeners: Listener[] = []

  beforeEach('two nodes', async () => {
    listeners = []
    a = await TestNode.start({ ...options, url: redis().url })
    b = await TestNode.start({ ...options, url: redis().url })
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
