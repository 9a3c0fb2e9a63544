import { within } from '../clients/deadline.js'
import { ChaosStage } from './chaos-stage.js'
import { type FaultResult, survive } from './fault-cycle.js'
import { planFaults } from './fault-plan.js'
import { Load } from './load.js'
import { everyNode } from './nodes.js'
import { Visits } from './visits.js'

export interface ChaosReport {
  readonly results: readonly FaultResult[]
  /** What was wrong, with a fault or at the end. */
  readonly wrong: readonly string[]
}

/** For one fault, recovery included; many times what it takes. */
const faultLimitMs = 20_000

/** @param onResult - gets each as it comes. */
export async function runChaos(
  faults: number,
  seed: number,
  onResult: (result: FaultResult, number: number) => void = () => {},
): Promise<ChaosReport> {
  const results: FaultResult[] = []
  const stage = await ChaosStage.start()
  stage.begin([new Load(stage), ...everyNode.map(node => new Visits(stage, node))])
  try {
    for (const fault of planFaults(faults, seed)) {
      const result = await within(survive(stage, fault), `the end of ${fault.kind} (${fault.detail})`, faultLimitMs)
      results.push(result)
      onResult(result, results.length)
    }
  } catch (error) {
    await stage.abandon()
    throw error
  }
  const atTheEnd = await stage.stop()
  const wrong = results.flatMap(({ fault, wrong }, index) => wrong.map(text => `${index + 1}, ${fault.kind}: ${text}`))
  return { results, wrong: [...wrong, ...atTheEnd] }
}
