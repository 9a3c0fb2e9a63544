/**
 * `node interop/dist/cluster/table.js` runs the checks of the mixed cluster and prints check × direction × protocol;
 * with `--markdown` it writes the table into README.md too. The tests run the same checks.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { checks, scenes } from './checks.js'
import { Clusters, directions } from './clusters.js'
import { DotnetClients } from './dotnet-clients.js'
import { protocolColumns } from './line-ups.js'
import { type Scene, Stage } from './stage.js'

const readme = new URL('../../../README.md', import.meta.url)

/** What went wrong, by check and column. */
type Failures = Map<string, string[]>

const columns = directions.flatMap(direction => protocolColumns.map(protocol => `${direction.title}, ${protocol}`))
const columnOf = ({ direction, lineUp }: Scene): string => `${direction.title}, ${lineUp.protocol}`
const cellOf = (title: string, column: string): string => `${title} | ${column}`

async function runScenes(failures: Failures): Promise<void> {
  const dotnetClients = new DotnetClients()
  const clusters = await Clusters.start()
  for (const scene of scenes) {
    const stage = await Stage.set(scene, clusters, dotnetClients)
    for (const { title, run } of checks) {
      const cell = cellOf(title, columnOf(scene))
      await run(stage).catch((error: Error) => {
        failures.set(cell, [...(failures.get(cell) ?? []), `${scene.lineUp.title}, ${scene.cluster}: ${error.message}`])
      })
    }
    await stage.clear()
  }
  await dotnetClients.stop()
  await clusters.stop()
}

function format(failures: Failures): string {
  const head = ['check', ...columns.map(column => column.replace(', ', '<br>'))]
  const rows = checks.map(({ title }) => [
    title,
    ...columns.map(column => (failures.has(cellOf(title, column)) ? '✗' : '✓')),
  ])
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(['---', ...columns.map(() => ':---:')]), ...rows.map(line)].join('\n')
}

function writeIntoReadme(table: string): void {
  const text = readFileSync(readme, 'utf8')
  const [begin, end] = ['<!-- mixed-cluster:begin -->', '<!-- mixed-cluster:end -->'] as const
  const [before, after] = [text.indexOf(begin), text.indexOf(end)]
  if (before < 0 || after < before) throw new Error(`README.md has no lines ${begin} and ${end}`)
  writeFileSync(readme, `${text.slice(0, before)}${begin}\n${table}\n${text.slice(after)}`)
}

const failures: Failures = new Map()
await runScenes(failures)
const table = format(failures)
console.log(table)
for (const [cell, errors] of failures) console.log(`\n${cell}\n  ${errors.join('\n  ')}`)
if (process.argv.includes('--markdown')) writeIntoReadme(table)
process.exitCode = failures.size === 0 ? 0 : 1
