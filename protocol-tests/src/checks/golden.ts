import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { check } from '../check.js'
import { goldenScenarios } from '../golden-scenarios.js'

const area = 'golden captures'

/** The lines of a conversation; the headers of an answer in any order, and the version of the recording left out. */
function comparable(text: string): string[] {
  const lines = text.split('\n').filter(line => !line.startsWith('#'))
  const isHeader = (line: string) => /^< [A-Za-z-]+: /.test(line)
  const sorted: string[] = []
  for (let at = 0; at < lines.length; ) {
    let end = at + 1
    if (isHeader(lines[at]!)) while (isHeader(lines[end] ?? '')) end++
    sorted.push(
      ...lines
        .slice(at, end)
        .map(line => (isHeader(line) ? line.toLowerCase() : line))
        .sort(),
    )
    at = end
  }
  return sorted
}

for (const scenario of goldenScenarios) {
  check(area, `${scenario.name}: the conversation that ASP.NET Core had`, async server => {
    const recorded = readFileSync(new URL(`../../golden/${scenario.name}.txt`, import.meta.url), 'utf8')
    assert.deepEqual(comparable(await scenario.capture(server)), comparable(recorded))
  })
}
