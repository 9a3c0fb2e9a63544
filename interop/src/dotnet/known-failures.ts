import { readFileSync } from 'node:fs'
import type { ScenarioResult } from './scenario-program.js'

/** A scenario that Signalbox does not pass yet, and why. ASP.NET Core has no such list. */
export interface KnownFailure {
  /** Its full name, with transport and protocol. */
  readonly scenario: string
  readonly reason: string
}

export const readKnownFailures = (): readonly KnownFailure[] =>
  JSON.parse(readFileSync(new URL('../../known-failing.json', import.meta.url), 'utf8'))

/** What is wrong with a run, a line each: failures that nobody knows of, and entries of the list that pass by now. */
export function judge(results: readonly ScenarioResult[], knownFailures: readonly KnownFailure[]): readonly string[] {
  const known = new Set(knownFailures.map(({ scenario }) => scenario))
  return results.flatMap(({ name, failure }) => {
    if (known.has(name))
      return failure === undefined ? [`passes now, though listed in known-failing.json: ${name}`] : []
    return failure === undefined ? [] : [`FAIL ${name}: ${failure}`]
  })
}
