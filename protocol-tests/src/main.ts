/**
 * `npm run protocol-tests -- [--url http://…] [--server dotnet|signalbox|signalbox-node] [--only TEXT] [--grep TEXT]
 * [--json FILE]
 *  [--markdown FILE] [--list] [--accept REASON]`
 *
 * Runs the black-box checks against real ASP.NET Core and against Signalbox, side by side, or against a server that
 * runs already. ASP.NET Core must pass them all; Signalbox all but those of known-failing.json.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Check, registeredChecks } from './check.js'
import './checks/index.js'
import { acceptFailures, fullName, judge, readKnownFailures } from './known-failing.js'
import { prepare, type ReferenceServerName, referenceServers } from './reference-servers.js'
import { formatFailures, formatMarkdown, formatTable, isGreen, type Run, toJson } from './report.js'
import { type CheckResult, groupByServer, runOnProgram, runOnUrl } from './run-checks.js'
import { tryFailedOnceMore } from './second-try.js'

/** npm runs a workspace's script in the workspace. */
const callersDirectory = process.env['INIT_CWD'] ?? process.cwd()
const titles: Readonly<Record<ReferenceServerName, string>> = {
  dotnet: 'ASP.NET Core',
  signalbox: 'Signalbox on uWS',
  'signalbox-node': 'Signalbox on node',
}

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    server: { type: 'string', multiple: true },
    only: { type: 'string' },
    grep: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    list: { type: 'boolean' },
    accept: { type: 'string' },
  },
})

// A check that fails leaves behind what it was still waiting for; that those waits fail too is no news.
process.on('unhandledRejection', () => {})

const allChecks = registeredChecks()
const allNames = new Set(allChecks.map(fullName))
const chosen = allChecks.filter(isChosen)
const started = performance.now()
const runs = values.list ? [] : values.url ? [await runAgainstUrl(values.url)] : await runAgainstReferenceServers()

if (values.list) {
  console.log(chosen.map(fullName).join('\n'))
} else {
  for (const run of runs) {
    const failures = formatFailures(run)
    if (failures) console.log(`${failures}\n`)
  }
  console.log(formatTable(runs))
  console.log(`${Math.round((performance.now() - started) / 1000)} s`)
  if (values.json) writeFileSync(resolve(callersDirectory, values.json), toJson(runs))
  if (values.markdown) writeTableInto(resolve(callersDirectory, values.markdown))
  process.exitCode = runs.every(isGreen) ? 0 : 1
}

/** `--only` means an area when there is one of that name, else it is text like `--grep`. */
function isChosen(check: Check): boolean {
  const { only, grep } = values
  const isArea = allChecks.some(other => other.area === only)
  if (only !== undefined && (isArea ? check.area !== only : !fullName(check).includes(only))) return false
  return grep === undefined || fullName(check).includes(grep)
}

async function runAgainstReferenceServers(): Promise<Run[]> {
  const names = (values.server ?? Object.keys(titles)).map(toServerName)
  for (const name of names) await prepare(name)
  const firstResults = await Promise.all(names.map(name => runOnProgram(referenceServers[name], chosen)))
  const runs: Run[] = []
  for (const [at, name] of names.entries()) {
    const first = firstResults[at]!
    // All other servers have ended by now: a second try has the machine to itself.
    const results = name === 'dotnet' ? await tryFailedOnceMore(referenceServers[name], first) : first
    if (name !== 'dotnet' && values.accept) acceptFailures(results, allNames, values.accept)
    runs.push(toRun(titles[name], results, name !== 'dotnet'))
  }
  return runs
}

/** A server that runs already has the settings it has: only what needs no special ones can be asked of it. */
async function runAgainstUrl(url: string): Promise<Run> {
  const groups = groupByServer(chosen, 'dotnet')
  for (const [args, checks] of groups) {
    if (args !== '') console.log(`left out: ${checks.length} checks that need a server with ${args}`)
  }
  const checks = (groups.get('') ?? []).filter(check => !check.endsServer)
  const results = await runOnUrl(url.replace(/\/$/, ''), 'unknown', checks)
  return toRun(url, results, false)
}

/** Replaces what a document says between two marks. */
function writeTableInto(file: string): void {
  const text = readFileSync(file, 'utf8')
  const [begin, end] = ['<!-- protocol-tests:begin -->', '<!-- protocol-tests:end -->'] as const
  const [before, after] = [text.indexOf(begin), text.indexOf(end)]
  if (before < 0 || after < before) throw new Error(`${file} has no lines ${begin} and ${end}`)
  writeFileSync(file, `${text.slice(0, before)}${begin}\n${formatMarkdown(runs)}\n${text.slice(after)}`)
}

function toRun(title: string, results: readonly CheckResult[], mayFail: boolean): Run {
  return { title, results, verdict: judge(results, mayFail ? readKnownFailures() : [], allNames) }
}

function toServerName(name: string): ReferenceServerName {
  if (Object.hasOwn(titles, name)) return name as ReferenceServerName
  throw new Error(`--server is one of ${Object.keys(titles).join(', ')}, not ${name}`)
}
