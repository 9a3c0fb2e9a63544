import type { FaultKind } from './fault.js'
import { everybodyKilled } from './faults-of-connections.js'
import { asleep, frozen, stopped } from './faults-of-redis.js'
import { blackHole, resets, stall } from './faults-of-the-network.js'

/** Something happens to Redis, something to the network, and connections are killed. */
export const severalAtOnce: FaultKind = random => {
  const ofRedis = random.pick([stopped, frozen, asleep])(random)
  const ofNetwork = random.pick([blackHole, stall, resets])(random)
  const kill = everybodyKilled(random)
  return {
    ...ofRedis, // its silence is that of both nodes
    kind: 'several at once',
    detail: [ofRedis, ofNetwork, kill].map(({ kind, detail }) => `${kind}: ${detail}`).join('; '),
    happen: async stage => {
      // Redis may be gone before it has been asked to kill.
      const killed = kill.happen(stage).catch(() => {})
      await Promise.all([killed, ofNetwork.happen(stage), ofRedis.happen(stage)])
    },
  }
}
