import type { Fault, FaultKind } from './fault.js'
import { everybodyKilled, overflow, publishersKilled, subscribersKilled } from './faults-of-connections.js'
import { asleep, frozen, paused, stopped } from './faults-of-redis.js'
import { blackHole, receiptsLost, resets, stall } from './faults-of-the-network.js'
import { garbage } from './garbage.js'
import { SeededRandom } from './seeded-random.js'
import { severalAtOnce } from './several-at-once.js'

export const faultKinds: readonly FaultKind[] = [
  stopped,
  frozen,
  paused,
  asleep,
  subscribersKilled,
  publishersKilled,
  everybodyKilled,
  overflow,
  blackHole,
  receiptsLost,
  stall,
  resets,
  garbage,
  severalAtOnce,
]

/** The same for the same seed. Every kind has its turn before one comes again, each time in another order. */
export function planFaults(count: number, seed: number): Fault[] {
  const random = new SeededRandom(seed)
  const plan: Fault[] = []
  while (plan.length < count) plan.push(...random.shuffled(faultKinds).map(createFault => createFault(random)))
  return plan.slice(0, count)
}
