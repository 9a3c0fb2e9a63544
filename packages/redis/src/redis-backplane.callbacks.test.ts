import { eventually } from '@signalbox/conformance'
import { useRedisServer } from '@signalbox/conformance/redis'
import { expect } from 'chai'
import type { RedisBackplaneOptions } from './redis-backplane-options.js'
import { type RedisNode, startRedisNode } from './testing/redis-node.js'

const boom = new Error('BOOM!')
const ways = {
  throws: () => {
    throw boom
  },
  rejects: () => Promise.reject(boom),
  'promises nothing': async () => undefined,
  'promises another type': async () => ({ username: 'token', password: 5 }),
  'never resolves': () => new Promise(() => {}),
} as const

describe('a function among the options of redisBackplane', () => {
  const redis = useRedisServer()
  let node: RedisNode | undefined
  let unhandled: unknown[]

  const onUnhandled = (reason: unknown) => void unhandled.push(reason)

  beforeEach(() => {
    unhandled = []
    process.on('unhandledRejection', onUnhandled)
  })
  afterEach(async () => {
    process.off('unhandledRejection', onUnhandled)
    await node?.close()
  })

  const start = async (options: RedisBackplaneOptions): Promise<void> => {
    node = await startRedisNode({ url: redis().url, sendTimeoutMs: 500, ...options })
  }

  /** The error of the log, and what caused it. */
  const logged = () => node!.logger.errors.map(({ error }) => `${String(error)} ${String((error as Error).cause)}`)

  for (const [way, fail] of Object.entries(ways))
    it(`credentials ${way}: it is asked again, and the log names it once`, async () => {
      await redis().admin.call('ACL', 'SETUSER', 'token', 'reset', 'on', '>secret', '+@all', '&*')
      let asked = 0
      const ask = () => (++asked <= 3 ? fail() : { username: 'token', password: 'secret' })
      await start({ credentials: ask as NonNullable<RedisBackplaneOptions['credentials']> })

      expect(logged()).to.have.length(1)
      expect(logged()[0]).to.include('Error: credentials failed.').and.not.include('secret')
      expect(unhandled).to.deep.equal([])
    })

  for (const way of ['throws', 'rejects', 'never resolves'] as const)
    it(`redis.retryStrategy ${way}: it connects again, and the log names it`, async () => {
      await start({ redis: { retryStrategy: ways[way] as () => number } })
      await redis().admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await eventually(() => node!.backplane.health.gaps === 1 && node!.backplane.isReady)

      expect(logged().join()).to.include('redis.retryStrategy failed.')
      expect(unhandled).to.deep.equal([])
    })
})
