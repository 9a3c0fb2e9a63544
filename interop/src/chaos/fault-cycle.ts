import { setTimeout as delay } from 'node:timers/promises'
import type { ChaosStage } from './chaos-stage.js'
import type { Fault } from './fault.js'
import { type Circumstances, isComplete } from './ledger.js'
import { everyNode, type NodeIndex } from './nodes.js'
import { untruthsOf } from './truth.js'
import { until } from './until.js'

/** What one fault did. */
export interface FaultResult {
  readonly fault: Fault
  /** Until both nodes heard everything again and said so, from the moment in which Redis could be reached. */
  readonly subscribedAfterMs: number
  /** Until both nodes could send again, counted likewise. */
  readonly sendingAfterMs: number
  /** Gaps counted by both nodes. */
  readonly gaps: number
  readonly messages: number
  readonly failedMessages: number
  readonly slowestOwnMs: number
  /** Nothing, if all was as promised. */
  readonly wrong: readonly string[]
}

/** Under load before a fault, and under load when it is over. */
const beforeMs = 150
const afterwardsMs = 300
/** Within which everything must be subscribed again. */
const subscribedLimitMs = 1_000
const hopelessAfterMs = 5_000
const restLimitMs = 1_000

/** Lets a fault happen under load, and everything recover. */
export async function survive(stage: ChaosStage, fault: Fault): Promise<FaultResult> {
  const { nodes, residents, ledger, calls, gate } = stage
  for (const node of nodes) node.forget()
  const gapsBefore = nodes.map(({ health }) => health.gaps)
  const newGaps = (node: NodeIndex) => nodes[node].health.gaps - gapsBefore[node]!
  gate.open()
  await delay(beforeMs)
  const beganAt = performance.now()
  await fault.happen(stage)
  const recovery = await recover(stage)
  const undisturbedSince = performance.now()
  await delay(afterwardsMs)
  await gate.close()
  await comeToRest(stage, undisturbedSince)

  const slowestOwnMs = Math.max(calls.longest('a message of the own node'), calls.longest('a question to the own node'))
  const messages = [...ledger.messages]
  const hadGap = new Set(everyNode.filter(node => newGaps(node) > 0))
  const wrong = [
    ...recovery.wrong,
    ...everyNode.flatMap(node => [
      ...untruthsOf(nodes[node], fault, fault.loses.includes(node), { beganAt, undisturbedSince }),
    ]),
    ...residents.filter(({ isClosed }) => isClosed).map(({ name }) => `${name} was disconnected`),
    ...calls.close(undisturbedSince),
    ...ledger.close({ undisturbedSince, hadGap, ...silenceOf(fault, beganAt) }),
  ]
  return {
    fault,
    ...recovery,
    gaps: newGaps(0) + newGaps(1),
    messages: messages.length,
    failedMessages: messages.filter(({ outcome }) => outcome !== 'done').length,
    slowestOwnMs,
    wrong,
  }
}

type Recovery = Pick<FaultResult, 'subscribedAfterMs' | 'sendingAfterMs' | 'wrong'>

/** From the moment in which Redis can be reached. @throws when a node has ended. */
async function recover(stage: ChaosStage): Promise<Recovery> {
  const endedAt = performance.now()
  const crashed = stage.nodes.find(({ hasCrashed }) => hasCrashed)
  if (crashed !== undefined) throw new Error(`node ${crashed.name} has ended`)
  const wrong: string[] = []
  if (!(await until(() => hearsAgain(stage, endedAt), hopelessAfterMs)))
    wrong.push('not everything is subscribed again')
  const subscribedAfterMs = performance.now() - endedAt
  if (subscribedAfterMs > subscribedLimitMs)
    wrong.push(`everything was subscribed again after ${Math.round(subscribedAfterMs)} ms only`)
  if (!(await until(() => sendsAgain(stage, endedAt), hopelessAfterMs))) wrong.push('a node cannot send again')
  return { subscribedAfterMs, sendingAfterMs: performance.now() - endedAt, wrong }
}

/**
 * Waits until what must arrive has arrived, and the nodes have said how they are then; not for ever, as the ledger
 * knows what is missing.
 */
async function comeToRest({ nodes, ledger }: ChaosStage, undisturbedSince: number): Promise<void> {
  const mustArrive = [...ledger.messages].filter(({ sentAt }) => sentAt >= undisturbedSince)
  await until(() => mustArrive.every(isComplete), restLimitMs)
  const restingSince = performance.now()
  await until(() => nodes.every(({ health }) => health.askedAt > restingSince), restLimitMs)
}

function silenceOf({ silence, loses }: Fault, beganAt: number): Pick<Circumstances, 'silence'> {
  if (silence === undefined) return {}
  return { silence: { nodes: loses, from: beganAt + silence.fromMs, to: beganAt + silence.toMs } }
}

/** Whether both nodes say that they are ready, and hand to their clients what was published after this moment. */
async function hearsAgain(stage: ChaosStage, since: number): Promise<boolean> {
  await stage.publish('Chaos:all', 'pulse', performance.now())
  return everyNode.every(
    node =>
      stage.lastPulses[node] > since && stage.nodes[node].health.askedAt > since && stage.nodes[node].health.isReady,
  )
}

/** Whether something that was sent after this moment has reached Redis, from each node. */
function sendsAgain({ ledger }: ChaosStage, since: number): boolean {
  const done = [...ledger.messages].filter(({ sentAt, outcome }) => sentAt > since && outcome === 'done')
  return everyNode.every(node => done.some(message => message.node === node))
}
