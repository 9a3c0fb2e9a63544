import { type FaultKind, inWords } from './fault.js'
import { everyNode } from './nodes.js'

/** @param killed - which of the nodes' connections. */
const killing =
  (kind: string, killed: readonly ('listening' | 'others')[]): FaultKind =>
  random => {
    const isForAll = random.between(0, 1) === 1
    return {
      kind,
      detail: isForAll ? 'of both nodes' : 'one of each kind',
      loses: isForAll && killed.includes('listening') ? everyNode : [],
      happen: async ({ redis }) => {
        const clients = await redis.clients()
        for (const which of killed)
          for (const id of isForAll ? clients[which] : clients[which].slice(0, 1))
            await redis.admin.call('CLIENT', 'KILL', 'ID', id)
      },
    }
  }

export const subscribersKilled = killing('CLIENT KILL of subscribers', ['listening'])
export const publishersKilled = killing('CLIENT KILL of publishers', ['others'])
export const everybodyKilled = killing('CLIENT KILL of both', ['listening', 'others'])

/** A node that reads too slowly is owed more than Redis keeps for it, and is cut. */
export const overflow: FaultKind = random => {
  const index = random.between(0, 1) === 0 ? 0 : 1
  return {
    kind: 'output buffer limit hit',
    detail: inWords([index]),
    loses: [index],
    happen: async stage => {
      const { redis, nodes, residents } = stage
      await redis.admin.config('SET', 'client-output-buffer-limit', 'pubsub 64kb 0 0')
      const node = nodes[index]
      const receiver = residents.find(resident => resident.node === index)!
      const { gaps } = node.health
      node.proxy.stopReadingFromRedis()
      const end = performance.now() + 5_000
      while (node.health.gaps === gaps && performance.now() < end)
        await stage.publish(`Chaos:connection:${receiver.connectionId}`, 'flooded', 'x'.repeat(50_000))
      await redis.admin.config('SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60')
    },
  }
}
