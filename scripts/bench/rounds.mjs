/**
 * Measures every scenario on every server once per round. Rounds interleave the servers, so that a busy minute of the machine falls
 * on all of them, and give each a new process, so that a lucky or unlucky compilation does not decide.
 */
import { runLoadTool } from './load-tool.mjs'
import { startServer } from './server-process.mjs'

const WARM_UP_SLICE_SECONDS = 1.5
const WARM_UP_LIMIT_SECONDS = 25

/** A server is warm when two slices in a row cost the same within this share. */
const SETTLED_WITHIN = 0.07

/** @typedef {import('./servers.mjs').BenchServer} BenchServer */
/** @typedef {import('./scenarios.mjs').Scenario} Scenario */
/** @typedef {import('./load-tool.mjs').LoadResult} LoadResult */

/**
 * @typedef {{ round: number, server: string, scenario: string, result: LoadResult }} Sample
 *
 * @typedef {object} Plan
 * @property {BenchServer[]} servers
 * @property {Scenario[]} scenarios
 * @property {number} rounds
 * @property {number} seconds - measured per scenario.
 * @property {{ server: string[], load: string[] }} pinning
 * @property {(line: string) => void} say - progress, one line each.
 */

/**
 * @param {Plan} plan
 * @returns {Promise<Sample[]>}
 */
export async function runRounds(plan) {
  /** @type {Sample[]} */
  const samples = []
  for (let round = 1; round <= plan.rounds; round++)
    for (const server of plan.servers) {
      const take = (/** @type {Scenario} */ scenario, /** @type {LoadResult} */ result) => {
        samples.push({ round, server: server.id, scenario: scenario.id, result })
        plan.say(
          `${round}/${plan.rounds}  ${server.title.padEnd(28)}${scenario.id.padEnd(14)}${inShort(scenario, result)}`,
        )
      }
      for (const scenarios of processesOf(plan.scenarios)) await measureInOneProcess(plan, server, scenarios, take)
    }
  return samples
}

/**
 * The scenarios that share a server process, and each that wants one for itself.
 * @param {Scenario[]} scenarios
 */
function processesOf(scenarios) {
  const shared = scenarios.filter(scenario => !scenario.freshProcess)
  const alone = scenarios.filter(scenario => scenario.freshProcess).map(scenario => [scenario])
  return shared.length > 0 ? [shared, ...alone] : alone
}

/**
 * @param {Plan} plan
 * @param {BenchServer} server
 * @param {Scenario[]} scenarios
 * @param {(scenario: Scenario, result: LoadResult) => void} take - gets each result as it comes.
 */
async function measureInOneProcess(plan, server, scenarios, take) {
  const { pid, port, isRunning, stop } = await startServer(server, plan.pinning.server)
  const load = async (/** @type {Record<string, string | number>} */ options) => {
    const result = await runLoadTool(plan.pinning.load, { port, pid, ...server.load, ...options })
    // Without its process there is no CPU time to read: whatever was counted is void.
    if (!isRunning()) throw new Error(`${server.title} ended under ${options['mode']} load: ${result.first_error}`)
    return result
  }
  const warmFor = new Set()
  try {
    for (const scenario of scenarios) {
      const { mode } = scenario.load
      if (!scenario.freshProcess && !warmFor.has(mode)) {
        const settled = await warmUp(server, seconds => load({ ...scenario.load, warmup: 0, seconds }))
        if (!settled) plan.say(`     ${server.title} did not settle under ${mode} load`)
        warmFor.add(mode)
      }
      take(scenario, await load({ warmup: 1, seconds: plan.seconds, ...scenario.load }))
    }
  } finally {
    await stop()
  }
}

/**
 * Loads the server until its CPU time per message no longer changes: just-in-time compilers are at work until then.
 * @param {BenchServer} server
 * @param {(seconds: number) => Promise<LoadResult>} loadFor
 * @returns {Promise<boolean>} false when it had not settled at the limit.
 */
async function warmUp(server, loadFor) {
  let before = Number.POSITIVE_INFINITY
  for (let seconds = WARM_UP_SLICE_SECONDS; seconds <= WARM_UP_LIMIT_SECONDS; seconds += WARM_UP_SLICE_SECONDS) {
    const { server_cpu_us_per_msg: now } = await loadFor(WARM_UP_SLICE_SECONDS)
    if (seconds >= server.leastWarmUpSeconds && Math.abs(now - before) <= SETTLED_WITHIN * before) return true
    before = now
  }
  return false
}

/**
 * @param {Scenario} scenario
 * @param {LoadResult} result
 */
function inShort(scenario, result) {
  const errors = result.errors > 0 ? `  ${result.errors} ERRORS: ${result.first_error}` : ''
  if (scenario.per === 'connection') return `${result.kb_per_conn} KB per connection${errors}`
  return `${result.server_cpu_us_per_msg.toFixed(2)} µs CPU per ${scenario.per}, ${result.per_s} per second${errors}`
}
