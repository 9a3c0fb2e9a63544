/**
 * `npm test`: from any state of the clone, installs what is missing and runs every step of test-steps.mjs; a failing
 * one does not stop the others. `npm test -- --only unit,lint` runs some. The last line counts tests, and each other
 * step as one test.
 */
import { parseArgs } from 'node:util'
import { ensureInstalled } from './install.mjs'
import { runMocha } from './mocha-suite.mjs'
import { provideNodeVersions } from './node-versions.mjs'
import { run } from './run.mjs'
import { provideTools } from './system-tools.mjs'
import { steps } from './test-steps.mjs'

const inCi = process.env.CI === 'true'
const titleWidth = Math.max(...steps.map(step => step.title.length))

/**
 * @param {import('./test-steps.mjs').Step} step
 * @param {string[]} missingTools
 * @param {string | undefined} noNodeVersions - why other Node versions cannot be had, if so.
 */
async function runStep(step, missingTools, noNodeVersions) {
  const missing = [...(step.needsTools ?? []), ...(step.usesTools ?? [])].filter(tool => missingTools.includes(tool))
  const noNode = step.nodeVersion === undefined ? undefined : noNodeVersions
  const lacking = noNode ?? (missing.length === 0 ? undefined : `${missing.join(', ')} not found`)
  if (lacking !== undefined && inCi)
    return { passed: 0, failed: 1, note: `${lacking}; with CI=true nothing is skipped` }
  if (noNode !== undefined || step.needsTools?.some(tool => missing.includes(tool)))
    return { passed: 0, failed: 0, note: `skipped: ${lacking}` }

  const result = step.mochaFiles ? await runMocha(step.mochaFiles(), step) : await runCommands(step, missing)
  const skipped = lacking !== undefined ? `some tests skipped: ${lacking}` : undefined
  return { ...result, note: result.note ?? skipped }
}

async function runCommands(step, missingTools) {
  const commands = step.commands(missingTools)
  if (commands.length === 0) return { passed: 0, failed: 1, note: 'found nothing to run' }
  for (const command of commands) {
    const { exitCode, timedOut } = await run(command, { limitMs: step.limitMs, env: step.env })
    if (timedOut) return { passed: 0, failed: 1, note: `did not end within ${step.limitMs / 1000} s` }
    if (exitCode !== 0) return { passed: 0, failed: 1, note: `exit code ${exitCode}` }
  }
  return { passed: 1, failed: 0 }
}

/** The steps `--only` names and those they stand on; all of them without it. */
function chosenSteps() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } })
  if (values.only === undefined) return steps
  const wanted = new Set(values.only.flatMap(names => names.split(',')))
  for (const name of wanted) {
    const named = steps.filter(each => each.name === name || each.name.startsWith(`${name}-`))
    if (named.length === 0)
      throw new Error(`There is no step '${name}'; the steps are ${steps.map(each => each.name).join(', ')}.`)
    for (const step of named) {
      wanted.add(step.name)
      for (const needed of step.needsSteps ?? []) if (steps.some(each => each.name === needed)) wanted.add(needed)
    }
  }
  return steps.filter(step => wanted.has(step.name))
}

/** One line of the summary. @param {{ step: import('./test-steps.mjs').Step, result: object, ms: number }} outcome */
function summaryLine({ step, result: { passed, failed, skipped = 0, note }, ms }) {
  const verdict = failed > 0 ? 'FAILED' : passed > 0 ? 'ok' : 'skipped'
  const counts = step.mochaFiles ? `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}` : ''
  const seconds = `${(ms / 1000).toFixed(1)} s`
  return [verdict.padEnd(8), step.title.padEnd(titleWidth), seconds.padStart(8), counts, note]
    .filter(Boolean)
    .join('  ')
}

async function main() {
  const chosen = chosenSteps()
  await ensureInstalled()
  const tools = new Set(chosen.flatMap(step => [...(step.needsTools ?? []), ...(step.usesTools ?? [])]))
  const missingTools = await provideTools([...tools])
  const usesNodeVersions = chosen.some(step => step.nodeVersion !== undefined)
  const noNodeVersions = usesNodeVersions ? await provideNodeVersions() : undefined

  const outcomes = []
  for (const step of chosen) {
    console.log(`\n── ${step.title}`)
    const start = performance.now()
    const result = await runStep(step, missingTools, noNodeVersions)
    outcomes.push({ step, result, ms: performance.now() - start })
    console.log(summaryLine(outcomes.at(-1)))
  }

  const total = key => outcomes.reduce((sum, { result }) => sum + result[key], 0)
  console.log(
    `\n── summary\n${outcomes.map(summaryLine).join('\n')}\n\n${total('passed')} passed, ${total('failed')} failed`,
  )
  process.exitCode = total('failed') === 0 && total('passed') > 0 ? 0 : 1
}

try {
  await main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
