/** From samples to numbers worth printing. */
import { canRun } from './scenarios.mjs'
import { spread } from './spread.mjs'

/**
 * @typedef {import('./spread.mjs').Spread} Spread
 *
 * @typedef {object} Row
 * @property {import('./servers.mjs').BenchServer} server
 * @property {Spread} cost - CPU µs per message; KB per connection when idle.
 * @property {{ raw: Spread | undefined, dotnet: Spread | undefined }} times - cost relative to these servers, taken
 * round by round before the median: what slowed a whole round down cancels out.
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
    const rows = servers.filter(server => canRun(server, scenario))
    return { scenario, rows: rows.map(server => summarizeServer(scenario, server, ofScenario)) }
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
  const timesCostOf = (/** @type {string} */ other) => {
    const ratios = own.flatMap(sample => {
      const peer = samples.find(each => each.server === other && each.round === sample.round)
      return peer ? [costOf(sample) / costOf(peer)] : []
    })
    return ratios.length > 0 ? spread(ratios) : undefined
  }
  return {
    server,
    cost: spread(own.map(costOf)),
    times: { raw: timesCostOf('raw'), dotnet: timesCostOf('dotnet') },
    rate: spread(results.map(result => result.per_s)),
    p50: spread(results.map(result => result.p50_us)),
    p99: spread(results.map(result => result.p99_us)),
    connectCost: spread(results.map(result => result.connect_cpu_us_per_conn ?? Number.NaN)),
    errors: results.flatMap(result =>
      result.errors > 0 ? [`${result.errors} errors, first: ${result.first_error}`] : [],
    ),
  }
}
