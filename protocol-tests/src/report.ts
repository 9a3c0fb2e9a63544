import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'
import { fullName, type Verdict } from './known-failing.js'
import type { CheckResult } from './run-checks.js'

/** One server's run: a column of the table. */
export interface Run {
  readonly title: string
  readonly results: readonly CheckResult[]
  readonly verdict: Verdict
}

/** Area by area, how many of the checks each server passes. */
export function formatTable(runs: readonly Run[]): string {
  return pad(tableOf(runs))
    .map(cells => cells.join('  '))
    .join('\n')
}

/** The table for a document, and how many of the checks let Signalbox do otherwise. */
export function formatMarkdown(runs: readonly Run[]): string {
  const [head = [], ...rows] = pad(tableOf(runs))
  const rule = head.map((cell, column) => (column === 0 ? '-'.repeat(cell.length) : `${'-'.repeat(cell.length - 1)}:`))
  const table = [head, rule, ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
  const deviations = (runs[0]?.results ?? []).filter(result => result.check.deviation).length
  return `${table}\n\nIn ${deviations} of them Signalbox may do what [docs/deviations.md](docs/deviations.md) says instead.`
}

function tableOf(runs: readonly Run[]): string[][] {
  const areas = [...new Set(runs.flatMap(run => run.results.map(result => result.check.area)))]
  const rows = areas.map(area => {
    const ofArea = runs.map(run => run.results.filter(result => result.check.area === area))
    return [area, String(ofArea[0]?.length ?? 0), ...ofArea.map(passedOf)]
  })
  const total = ['all', String(runs[0]?.results.length ?? 0), ...runs.map(run => passedOf(run.results))]
  return [['area', 'checks', ...runs.map(run => run.title)], ...rows, total]
}

function pad(lines: readonly string[][]): string[][] {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  return lines.map(line =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))),
  )
}

/** What a reader has to know of a run: what failed, and what passed only when it was tried again. */
export function formatFailures({ title, results, verdict }: Run): string {
  const secondTries = results.filter(result => result.passed && isSecondTry(result))
  return [
    ...verdict.unexpected.map(result => `${formatTitle(title, result)}: ${formatFailure(result)}`),
    ...secondTries.map(
      ({ check, firstError }) =>
        `passed on ${title} at the second try: ${fullName(check)}\n    ${messageOf(firstError)}`,
    ),
    ...verdict.known.map(result => `known to fail on ${title}: ${fullName(result.check)}`),
    ...verdict.outdated.map(line => `known-failing.json is out of date: ${line}`),
  ].join('\n')
}

function formatTitle(title: string, result: CheckResult): string {
  if (!isSecondTry(result)) return `FAILED on ${title}`
  return `FAILED twice on ${title} (the check or the reference is wrong, not Signalbox)`
}

const isSecondTry = (result: CheckResult): boolean => result.firstError !== undefined

export function isGreen({ verdict }: Run): boolean {
  return verdict.unexpected.length === 0 && verdict.outdated.length === 0
}

/** For other programs: a line of the site, a badge, a comparison over time. */
export function toJson(runs: readonly Run[]): string {
  const report = runs.map(({ title, results, verdict }) => ({
    server: title,
    checks: results.map(({ check, passed, error, durationMs }) => ({
      area: check.area,
      name: check.name,
      outcome: passed ? 'passed' : verdict.known.some(known => known.check === check) ? 'known to fail' : 'failed',
      durationMs: Math.round(durationMs),
      ...(passed ? {} : { error: messageOf(error) }),
      ...(check.deviation ? { deviation: check.deviation.key } : {}),
    })),
    outdated: verdict.outdated,
  }))
  return `${JSON.stringify(report, undefined, 2)}\n`
}

function passedOf(results: readonly CheckResult[]): string {
  const passed = results.filter(result => result.passed).length
  return passed === results.length ? String(passed) : `${passed} (${results.length - passed} failed)`
}

function formatFailure({ check, error }: CheckResult): string {
  const difference =
    error instanceof AssertionError && error.code === 'ERR_ASSERTION'
      ? `\n    expected: ${show(error.expected)}\n    actual:   ${show(error.actual)}\n    ${firstLine(error.message)}`
      : `\n    ${messageOf(error)}`
  return `${fullName(check)}${difference}${placeOf(error)}`
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 6, breakLength: 110 })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

/** The line of the check that noticed. */
function placeOf(error: unknown): string {
  const line = error instanceof Error && error.stack?.split('\n').find(text => text.includes('/checks/'))
  return line ? `\n    ${line.trim()}` : ''
}
