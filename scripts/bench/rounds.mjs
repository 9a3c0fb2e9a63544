/**
 * Measures every scenario on every server once per round. Rounds interleave the servers, so that a busy minute of the
 * machine falls on all of them, and give each a new process, so that a lucky or unlucky compilation does not decide.
 */
import { runLoadTool } from './load-tool.mjs'
import { canRun } from './scenarios.mjs'
import { startServer } from './server-process.mjs'
import { warmUp } from './warm-up.mjs'

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

/** Before each measurement, until all its connections are in the swing; the server itself is warm by then. */
const SWING_SECONDS = 0.5

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
          `${round}/${plan.rounds}  ${server.title.padEnd(28)}${scenario.id.padEnd(17)}${inShort(scenario, result)}`,
        )
      }
      for (const scenarios of processesOf(server, plan.scenarios))
        await measureInOneProcess(plan, server, scenarios, take)
    }
  return samples
}

/**
 * The scenarios that share a process of this server, and each that wants one for itself.
 * @param {BenchServer} server
 * @param {Scenario[]} scenarios
 * @returns {Scenario[][]}
 */
export function processesOf(server, scenarios) {
  const possible = scenarios.filter(scenario => canRun(server, scenario))
  const shared = possible.filter(scenario => !scenario.freshProcess)
  const alone = possible.filter(scenario => scenario.freshProcess).map(scenario => [scenario])
  return shared.length > 0 ? [shared, ...alone] : alone
}

/**
 * Scenarios of one kind use the same code of a server, which needs to be warmed up once.
 * @param {Scenario} scenario
 */
export function kindOfLoad({ load: { mode, proto = 'json' } }) {
  return `${proto} ${mode}`
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
    const result = await runLoadTool(plan.pinning.load, { ports: port, pid, ...server.load, ...options })
    // Without its process there is no CPU time to read: whatever was counted is void.
    if (!isRunning()) throw new Error(`${server.title} ended under ${options['mode']} load: ${result.first_error}`)
    return result
  }
  const warmFor = new Set()
  try {
    for (const scenario of scenarios) {
      const kind = kindOfLoad(scenario)
      if (!scenario.freshProcess && !warmFor.has(kind)) {
        const leastSeconds = warmFor.size === 0 ? server.warmUp.firstSeconds : server.warmUp.furtherSeconds
        const settled = await warmUp(leastSeconds, seconds => load({ ...scenario.load, warmup: 0, seconds }))
        if (!settled) plan.say(`     ${server.title} did not settle under ${kind} load`)
        warmFor.add(kind)
      }
      take(scenario, await load({ warmup: SWING_SECONDS, seconds: plan.seconds, ...scenario.load }))
    }
  } finally {
    await stop()
  }
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
