import type { ServerProgram } from './reference-servers.js'
import { type CheckResult, runOnProgram } from './run-checks.js'

/**
 * More failures than this are no accident of a busy machine, and to try them one by one would take as long as the
 * suite.
 */
const mostSecondTries = 10

/**
 * The reference says what is right, so a check that it fails is most likely a machine that was too busy for it: such a
 * check is tried once more, by itself on a server of its own. What fails again is the fault of the check or of the
 * reference, and not of Signalbox.
 */
export async function tryFailedOnceMore(
  program: ServerProgram,
  results: readonly CheckResult[],
): Promise<readonly CheckResult[]> {
  const failed = results.filter(result => !result.passed)
  if (failed.length > mostSecondTries) return results
  const secondResults = new Map<CheckResult, CheckResult>()
  for (const first of failed) {
    const [second] = await runOnProgram(program, [first.check])
    secondResults.set(first, { ...second!, firstError: first.error })
  }
  return results.map(result => secondResults.get(result) ?? result)
}
