import { setTimeout as delay } from 'node:timers/promises'
import type { ChaosStage } from './chaos-stage.js'
import { everyNode, type NodeIndex, nameOf, sendTimeoutMs } from './nodes.js'
import type { SeededRandom } from './seeded-random.js'

/**
 * By when a Redis that hangs must have been noticed: the time-out of its socket, the pings that keep it busy, and the
 * machine's share.
 */
const hangNoticedWithinMs = sendTimeoutMs + sendTimeoutMs / 2 + 200
/** The same for connections that break. */
const cutNoticedWithinMs = 150

/** Something that happens to Redis or to the way there. */
export interface Fault {
  /** Its kind, in words. */
  readonly kind: string
  /** Where and for how long. */
  readonly detail: string
  /** Nodes that must count a gap, and say that they are not ready until it is over. */
  readonly loses: readonly NodeIndex[]
  /** From when to when after its beginning they must say so. */
  readonly silence?: { readonly fromMs: number; readonly toMs: number }
  /** Every node must count payloads that it could not read. */
  readonly isGarbage?: true
  /** @returns when it is over: Redis can be reached. */
  happen(stage: ChaosStage): Promise<void>
}

/** Chooses where and for how long. */
export type FaultKind = (random: SeededRandom) => Fault

type Act = (stage: ChaosStage) => unknown

export interface Outage {
  readonly kind: string
  readonly where?: string
  readonly durationMs: number
  readonly nodes: readonly NodeIndex[]
  begin: Act
  end: Act
}

/** A fault that breaks connections, and lets none be made while it lasts. */
export const cut = (outage: Outage): Fault => ({
  ...lasting(outage),
  loses: outage.nodes,
  silence: { fromMs: cutNoticedWithinMs, toMs: outage.durationMs },
})

/** A fault in which connections stand and nothing is answered: over before it is noticed, or not. */
export const hang = (outage: Outage): Fault => ({
  ...lasting(outage),
  loses: outage.durationMs > hangNoticedWithinMs ? outage.nodes : [],
  silence: { fromMs: hangNoticedWithinMs, toMs: outage.durationMs },
})

/** A fault in which everybody hears everybody all the time. */
export const harmless = (outage: Outage): Fault => ({ ...lasting(outage), loses: [] })

const lasting = ({ kind, where, durationMs, begin, end }: Outage) => ({
  kind,
  detail: `${where === undefined ? '' : `${where}, `}${durationMs} ms`,
  happen: async (stage: ChaosStage) => {
    await begin(stage)
    await delay(durationMs)
    await end(stage)
  },
})

/** Half of all outages are over before anybody gives up. */
export const outageMs = (random: SeededRandom): number =>
  random.between(0, 1) === 0 ? random.between(50, sendTimeoutMs) : random.between(sendTimeoutMs, 1_800)

export const someNodes = (random: SeededRandom): readonly NodeIndex[] =>
  random.pick<readonly NodeIndex[]>([[0], [1], everyNode])

export const inWords = (nodes: readonly NodeIndex[]): string =>
  nodes.length === 1 ? `node ${nameOf(nodes[0]!)}` : 'both nodes'
