import { readFileSync, writeFileSync } from 'node:fs'
import type { CheckResult } from './run-checks.js'

/** A check that Signalbox does not pass yet, and why. ASP.NET Core has no such list. */
export interface KnownFailure {
  /** `area: name` of the check. */
  readonly check: string
  readonly reason: string
}

export interface Verdict {
  readonly unexpected: readonly CheckResult[]
  readonly known: readonly CheckResult[]
  /** Entries that pass by now, or name no check: the list is out of date, and that fails the run too. */
  readonly outdated: readonly string[]
}

const file = new URL('../known-failing.json', import.meta.url)

export function readKnownFailures(): readonly KnownFailure[] {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/**
 * Takes the run's verdict into the list: new failures for the reason given, and without the entries that are out of
 * date.
 */
export function acceptFailures(results: readonly CheckResult[], allNames: ReadonlySet<string>, reason: string): void {
  const passed = new Set(results.filter(result => result.passed).map(result => fullName(result.check)))
  const kept = readKnownFailures().filter(entry => allNames.has(entry.check) && !passed.has(entry.check))
  const listed = new Set(kept.map(entry => entry.check))
  const failed = results.filter(result => !result.passed).map(result => fullName(result.check))
  const added = failed.filter(name => !listed.has(name)).map(check => ({ check, reason }))
  writeFileSync(file, `${JSON.stringify([...kept, ...added], undefined, 2)}\n`)
}

export function fullName({ area, name }: { area: string; name: string }): string {
  return `${area}: ${name}`
}

export function judge(
  results: readonly CheckResult[],
  knownFailures: readonly KnownFailure[],
  allNames: ReadonlySet<string>,
): Verdict {
  const listed = new Set(knownFailures.map(entry => entry.check))
  const failed = results.filter(result => !result.passed)
  const passedButListed = results.filter(result => result.passed && listed.has(fullName(result.check)))
  return {
    unexpected: failed.filter(result => !listed.has(fullName(result.check))),
    known: failed.filter(result => listed.has(fullName(result.check))),
    outdated: [
      ...passedButListed.map(result => `passes now: ${fullName(result.check)}`),
      ...knownFailures.filter(entry => !allNames.has(entry.check)).map(entry => `no such check: ${entry.check}`),
    ],
  }
}
