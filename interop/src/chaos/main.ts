/**
 * `npm run chaos -- [--faults N] [--seed S]`
 *
 * Two nodes under load, and one fault after the other between them and Redis. Whatever is not as the README of
 * @signalbox/redis promises fails the run. The seed, which is printed, chooses the same faults again.
 */
import { parseArgs } from 'node:util'
import { runChaos } from './chaos-run.js'
import { lineOf, tableOf } from './fault-report.js'

const { values } = parseArgs({ options: { faults: { type: 'string', default: '100' }, seed: { type: 'string' } } })
const faults = Number(values.faults)
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
const again = `npm run chaos -- --faults ${faults} --seed ${seed}`
const startedAt = performance.now()

console.log(`${again}\n`)
try {
  const { results, wrong } = await runChaos(faults, seed, (result, number) => console.log(lineOf(result, number)))
  console.log(`\n${tableOf(results)}\n`)
  for (const text of wrong) console.error(text)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(`${results.length} faults in ${seconds} s, ${wrong.length} promises broken. Again: ${again}`)
  process.exit(wrong.length === 0 ? 0 : 1)
} catch (error) {
  console.error(error)
  console.error(`Again: ${again}`)
  process.exit(1)
}
