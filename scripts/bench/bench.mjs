/** `npm run bench`: Signalbox and its peers under the same load tool, in ratios. README.md beside this file explains the columns. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { npmTools, repositoryRoot } from '../repository.mjs'
import { run } from '../run.mjs'
import { benchOptions } from './command-line.mjs'
import { buildLoadTool } from './load-tool.mjs'
import { connectionShortage, corePinning, describeMachine } from './machine.mjs'
import { report } from './report.mjs'
import { runRounds } from './rounds.mjs'
import { summarize } from './summary.mjs'

/** The part of a Markdown file that --markdown replaces; the prose around it stays. */
const GENERATED = /(<!-- bench:begin -->\n)[\s\S]*(<!-- bench:end -->)/

async function main() {
  if (process.platform !== 'linux')
    throw new Error('The benchmark reads /proc and its load tool uses epoll: it runs on Linux only.')
  const options = benchOptions(process.argv.slice(2))
  const shortage = connectionShortage(mostConnections(options.scenarios))
  if (shortage) throw new Error(shortage)

  await buildLoadTool()
  if (options.servers.some(server => server.id === 'signalbox')) await buildSignalbox()
  for (const { title, program, howToBuild } of options.servers)
    if (program && !existsSync(join(repositoryRoot, program)))
      throw new Error(`${title} is not built; run '${howToBuild}'.`)

  const pinning = corePinning()
  const machine = describeMachine(pinning.pinned)
  const { rounds, seconds } = options
  console.log(`${machine}\n${options.servers.map(server => server.title).join(', ')}; ${estimate(options)}\n`)
  const samples = await runRounds({ ...options, pinning, say: line => console.log(line) })

  const text = report(summarize(options, samples), { machine, rounds, seconds, date: new Date() })
  console.log(`\n${text}`)
  if (options.json)
    writeFileSync(resolve(options.json), `${JSON.stringify({ machine, rounds, seconds, samples }, null, 2)}\n`)
  if (options.markdown) writeMarkdown(resolve(options.markdown), text)
  if (samples.some(sample => sample.result.errors > 0)) process.exitCode = 1
}

/** Incremental, so it costs a second when nothing changed; stale code must not be measured. */
async function buildSignalbox() {
  const { exitCode, output } = await run([process.execPath, npmTools.tsc, '-b', 'interop'], { quiet: true })
  if (exitCode !== 0) throw new Error(`Signalbox does not build (--servers can leave it out):\n${output}`)
}

/** @param {import('./scenarios.mjs').Scenario[]} scenarios */
function mostConnections(scenarios) {
  const most = scenarios.toSorted((a, b) => Number(b.load['conns']) - Number(a.load['conns']))[0]
  return { connections: Number(most?.load['conns']), sources: Number(most?.load['sources'] ?? 1) }
}

/** @param {import('./command-line.mjs').BenchOptions} options */
function estimate({ servers, scenarios, rounds, seconds }) {
  const modes = new Set(scenarios.filter(scenario => !scenario.freshProcess).map(scenario => scenario.load.mode)).size
  const overhead = 2
  const measured = scenarios.reduce((sum, { load }) => sum + Number(load['seconds'] ?? seconds + 1) + overhead, 0)
  const perRound = servers.reduce((sum, server) => sum + measured + modes * (server.leastWarmUpSeconds + overhead), 0)
  return `about ${Math.ceil((rounds * perRound) / 60)} min`
}

/**
 * @param {string} file
 * @param {string} text
 */
function writeMarkdown(file, text) {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
  // A function, since a `$` in the report would mean something in a replacement string.
  writeFileSync(file, GENERATED.test(old) ? old.replace(GENERATED, (_, begin, end) => `${begin}${text}${end}`) : text)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
