/** The report, in Markdown: readable on a terminal, and what docs/benchmarks.md shows. */
import { verdicts } from './goals.mjs'
import { significant, table, withRange } from './table.mjs'

/** @typedef {import('./summary.mjs').Row} Row */
/** @typedef {import('./table.mjs').Column<Row>} Column */

const WHAT_IDLE_CONTAINS =
  'Growth of the resident set of a new server process from before the first connection until all were ready and quiet for 5 s: the ' +
  'connections themselves, garbage of their handshakes that was not collected yet, code loaded on first use, and room the ' +
  'allocators keep. Socket buffers of the kernel are not in it.'

/**
 * @param {import('./summary.mjs').ScenarioSummary[]} summaries
 * @param {{ machine: string, rounds: number, seconds: number, date: Date }} run
 */
export function report(summaries, run) {
  const idle = summaries.some(({ scenario }) => scenario.per === 'connection')
  const conditions =
    `${run.machine}. ${run.rounds} round${run.rounds === 1 ? '' : 's'}, ${run.seconds} s each, ${run.date.toISOString().slice(0, 10)}. ` +
    'Median (least–most); × compares within a round.'
  const sections = summaries.map(
    summary => `### ${summary.scenario.title}\n\n${table(columnsOf(summary.scenario), summary.rows)}`,
  )
  const goals = summaries.flatMap(verdicts)
  return `${[
    conditions,
    ...sections,
    ...(idle ? [WHAT_IDLE_CONTAINS] : []),
    `### Goals\n\n${goals.map(goal => `- ${goal}`).join('\n')}`,
  ].join('\n\n')}\n`
}

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @returns {Column[]}
 */
function columnsOf({ per, comparedWith }) {
  const server = { title: 'server', cell: (/** @type {Row} */ row) => row.server.title }
  const ratio = {
    title: `× ${comparedWith}`,
    cell: (/** @type {Row} */ { times: { [comparedWith]: ratio } }) => (ratio ? withRange(ratio) : '–'),
  }
  const errors = { title: 'errors', cell: (/** @type {Row} */ row) => row.errors.join('; ') || 'none' }
  if (per === 'connection')
    return [
      server,
      { title: 'KB per connection', cell: row => withRange(row.cost) },
      ratio,
      { title: 'CPU µs to connect', cell: row => withRange(row.connectCost) },
      errors,
    ]
  return [
    server,
    { title: `CPU µs per ${per}`, cell: row => withRange(row.cost) },
    ratio,
    { title: 'per second', cell: row => significant(row.rate.median) },
    { title: 'p50 ms', cell: row => significant(row.p50.median / 1000) },
    { title: 'p99 ms', cell: row => significant(row.p99.median / 1000) },
    errors,
  ]
}
