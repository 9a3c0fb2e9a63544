/** The report, in Markdown: readable on a terminal, and what docs/benchmarks.md shows. */
import { verdict } from './goals.mjs'

/** @typedef {import('./summary.mjs').Row} Row */
/** @typedef {import('./summary.mjs').Spread} Spread */
/** @typedef {{ title: string, cell: (row: Row) => string }} Column */

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
    'Median (least–most); × raw compares within a round.'
  const sections = summaries.map(
    summary => `### ${summary.scenario.title}\n\n${table(columnsOf(summary.scenario), summary.rows)}`,
  )
  const goals = summaries.map(verdict).filter(each => each !== undefined)
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
function columnsOf({ per }) {
  const server = { title: 'server', cell: (/** @type {Row} */ row) => row.server.title }
  const timesRaw = {
    title: '× raw',
    cell: (/** @type {Row} */ row) => (row.timesRaw ? withRange(row.timesRaw) : '–'),
  }
  const errors = { title: 'errors', cell: (/** @type {Row} */ row) => row.errors.join('; ') || 'none' }
  if (per === 'connection')
    return [
      server,
      { title: 'KB per connection', cell: row => withRange(row.cost) },
      timesRaw,
      { title: 'CPU µs to connect', cell: row => withRange(row.connectCost) },
      errors,
    ]
  return [
    server,
    { title: `CPU µs per ${per}`, cell: row => withRange(row.cost) },
    timesRaw,
    { title: 'per second', cell: row => significant(row.rate.median) },
    { title: 'p50 ms', cell: row => significant(row.p50.median / 1000) },
    { title: 'p99 ms', cell: row => significant(row.p99.median / 1000) },
    errors,
  ]
}

/**
 * @param {Column[]} columns
 * @param {Row[]} rows
 */
function table(columns, rows) {
  const texts = [columns.map(column => column.title), ...rows.map(row => columns.map(column => column.cell(row)))]
  const widths = columns.map((_, column) => Math.max(...texts.map(line => line[column]?.length ?? 0)))
  const lines = texts.map(line => `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`)
  return lines.join('\n')
}

/** @param {Spread} spread */
function withRange({ median, least, most }) {
  return least === most ? significant(median) : `${significant(median)} (${significant(least)}–${significant(most)})`
}

/** Three digits that mean something. @param {number} value */
function significant(value) {
  if (Number.isNaN(value)) return '–'
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 })
}
