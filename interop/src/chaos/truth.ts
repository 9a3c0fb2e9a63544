import type { ChaosNode } from './chaos-node.js'
import type { Fault } from './fault.js'

/** What happened when. */
export interface Course {
  readonly beganAt: number
  /** Everything works, and nothing disturbs any more. */
  readonly undisturbedSince: number
}

const healthLimitMs = 1_000
/** Beyond what a node had at the start. */
const memoryGrowthBytes = 128 * 1024 * 1024

/** Whether a node told the truth about itself since its samples were forgotten. @returns what was wrong. */
export function* untruthsOf(
  node: ChaosNode,
  fault: Fault,
  isLost: boolean,
  { beganAt, undisturbedSince }: Course,
): Iterable<string> {
  const name = `node ${node.name}`
  const { samples, health } = node
  const [first] = samples
  const gaps = health.gaps - first!.gaps
  const rejected = health.rejectedPayloads - first!.rejectedPayloads

  const slowest = Math.max(...samples.map(({ askedAt, answeredAt }) => answeredAt - askedAt))
  if (slowest > healthLimitMs) yield `${name} took ${Math.round(slowest)} ms to say how it is`
  if (fault.silence !== undefined && isLost) {
    const from = beganAt + fault.silence.fromMs
    const to = beganAt + fault.silence.toMs
    const lie = samples.find(({ isReady, askedAt, answeredAt }) => isReady && askedAt > from && answeredAt < to)
    if (lie !== undefined) yield `${name} said that it is ready ${Math.round(lie.askedAt - beganAt)} ms into the fault`
  }
  if (samples.some(({ isReady, askedAt }) => !isReady && askedAt > undisturbedSince))
    yield `${name} said that it is not ready when all was well`
  if (isLost && gaps === 0) yield `${name} counted no gap`
  const { lost, back } = health.logged
  if (lost !== health.gaps || back !== health.gaps)
    yield `${name} counted ${health.gaps} gaps, logged the beginning of ${lost} and the end of ${back}`
  if (rejected > 0 !== (fault.isGarbage === true)) yield `${name} counted ${rejected} unreadable payloads`
  const growthBytes = health.memoryBytes - node.memoryAtStartBytes
  if (growthBytes > memoryGrowthBytes) yield `${name} has grown by ${growthBytes >> 20} MiB`
}
