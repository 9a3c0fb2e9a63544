/**
 * `npm run bench`: Signalbox and its peers under the same load tool, in ratios. README.md beside this file explains the
 * columns.
 */
import { benchOptions } from './command-line.mjs'
import { buildLoadTool } from './load-tool.mjs'
import { connectionShortage, corePinning, describeMachine } from './machine.mjs'
import { prepareServers } from './prepare.mjs'
import { report } from './report.mjs'
import { writeJson, writeMarkdown } from './result-files.mjs'
import { kindOfLoad, processesOf, runRounds } from './rounds.mjs'
import { summarize } from './summary.mjs'

async function main() {
  const options = benchOptions(process.argv.slice(2))
  const shortage = connectionShortage(mostConnections(options.scenarios))
  if (shortage) throw new Error(shortage)

  await buildLoadTool()
  await prepareServers(options.servers)

  const pinning = corePinning()
  const machine = describeMachine(pinning.pinned)
  const { rounds, seconds } = options
  console.log(`${machine}\n${options.servers.map(server => server.title).join(', ')}; ${estimate(options)}\n`)
  const samples = await runRounds({ ...options, pinning, say: line => console.log(line) })

  const text = report(summarize(options, samples), { machine, rounds, seconds, date: new Date() })
  console.log(`\n${text}`)
  if (options.json) writeJson(options.json, { machine, rounds, seconds, samples })
  if (options.markdown) writeMarkdown(options.markdown, 'bench', text)
  if (samples.some(sample => sample.result.errors > 0)) process.exitCode = 1
}

/** @param {import('./scenarios.mjs').Scenario[]} scenarios */
function mostConnections(scenarios) {
  const most = scenarios.toSorted((a, b) => Number(b.load['conns']) - Number(a.load['conns']))[0]
  return { connections: Number(most?.load['conns']), sources: Number(most?.load['sources'] ?? 1) }
}

/** @param {import('./command-line.mjs').BenchOptions} options */
function estimate({ servers, scenarios, rounds, seconds }) {
  const perRound = servers.reduce(
    (sum, server) =>
      sum + processesOf(server, scenarios).reduce((all, each) => all + inOneProcess(server, each, seconds), 0),
    0,
  )
  return `about ${Math.ceil((rounds * perRound) / 60)} min`
}

/** Of every measurement and every warm-up: opening connections, draining, and what precedes the measured seconds. */
const OVERHEAD_SECONDS = 1

/**
 * @param {import('./servers.mjs').BenchServer} server
 * @param {import('./scenarios.mjs').Scenario[]} scenarios
 * @param {number} seconds
 */
function inOneProcess({ warmUp }, scenarios, seconds) {
  const measured = scenarios.reduce((sum, { load }) => sum + Number(load['seconds'] ?? seconds) + OVERHEAD_SECONDS, 0)
  const kinds = new Set(scenarios.filter(scenario => !scenario.freshProcess).map(kindOfLoad)).size
  if (kinds === 0) return measured
  return measured + warmUp.firstSeconds + (kinds - 1) * warmUp.furtherSeconds + kinds * OVERHEAD_SECONDS
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
