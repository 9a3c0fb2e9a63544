/** From samples to numbers worth printing: the median of the rounds, and how far they lie apart. */
import { RAW } from './servers.mjs'

/**
 * @typedef {{ median: number, least: number, most: number }} Spread
 *
 * @typedef {object} Row
 * @property {import('./servers.mjs').BenchServer} server
 * @property {Spread} cost - CPU µs per message; KB per connection when idle.
 * @property {Spread | undefined} timesRaw - cost relative to raw, taken round by round before the median: what slowed a whole
 *   round down cancels out.
 * @property {Spread} rate
 * @property {Spread} p50
 * @property {Spread} p99
 * @property {Spread} connectCost - idle only: CPU µs to accept one connection.
 * @property {string[]} errors
 *
 * @typedef {{ scenario: import('./scenarios.mjs').Scenario, rows: Row[] }} ScenarioSummary
 */

/**
 * @param {Pick<import('./rounds.mjs').Plan, 'servers' | 'scenarios'>} plan
 * @param {import('./rounds.mjs').Sample[]} samples
 * @returns {ScenarioSummary[]}
 */
export function summarize({ servers, scenarios }, samples) {
  return scenarios.map(scenario => {
    const ofScenario = samples.filter(sample => sample.scenario === scenario.id)
    return { scenario, rows: servers.map(server => summarizeServer(scenario, server, ofScenario)) }
  })
}

/**
 * @param {import('./scenarios.mjs').Scenario} scenario
 * @param {import('./servers.mjs').BenchServer} server
 * @param {import('./rounds.mjs').Sample[]} samples - of all servers.
 * @returns {Row}
 */
function summarizeServer(scenario, server, samples) {
  const costOf = (/** @type {import('./rounds.mjs').Sample} */ { result }) =>
    scenario.per === 'connection' ? (result.kb_per_conn ?? Number.NaN) : result.server_cpu_us_per_msg
  const own = samples.filter(sample => sample.server === server.id)
  const results = own.map(sample => sample.result)
  const ratios = own.flatMap(sample => {
    const raw = samples.find(each => each.server === RAW.id && each.round === sample.round)
    return raw ? [costOf(sample) / costOf(raw)] : []
  })
  return {
    server,
    cost: spread(own.map(costOf)),
    timesRaw: ratios.length > 0 ? spread(ratios) : undefined,
    rate: spread(results.map(result => result.per_s)),
    p50: spread(results.map(result => result.p50_us)),
    p99: spread(results.map(result => result.p99_us)),
    connectCost: spread(results.map(result => result.connect_cpu_us_per_conn ?? Number.NaN)),
    errors: results.flatMap(result =>
      result.errors > 0 ? [`${result.errors} errors, first: ${result.first_error}`] : [],
    ),
  }
}

/**
 * @param {number[]} values
 * @returns {Spread}
 */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (/** @type {number} */ index) => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) }
}
