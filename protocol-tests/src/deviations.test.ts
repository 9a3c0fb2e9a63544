import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect } from 'chai'
import { registeredChecks } from './check.js'
import './checks/index.js'

const repository = new URL('../../', import.meta.url)
const document = readFileSync(new URL('docs/deviations.md', repository), 'utf8')

/** The last column: keys of checks, and names of files. */
const cells = document.split('\n').flatMap(line => /\| `([^`]+)` +\|$/.exec(line)?.[1] ?? [])

describe('The document of deviations', () => {
  it('has a line for each deviation that the checks allow, and no other', () => {
    const keysOfDocument = cells.filter(cell => !cell.endsWith('.ts'))
    const keysOfChecks = registeredChecks().flatMap(check => check.deviation?.key ?? [])
    expect([...new Set(keysOfDocument)].sort()).to.deep.equal([...new Set(keysOfChecks)].sort())
  })

  it('names files that exist', () => {
    const folders = ['packages', 'protocol-tests/src'].map(folder => new URL(folder, repository))
    const files = new Set(folders.flatMap(folder => sourcesBelow(folder)))
    expect(cells.filter(cell => cell.endsWith('.ts') && !files.has(cell))).to.deep.equal([])
  })
})

function sourcesBelow(folder: URL): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => !path.includes('node_modules'))
    .map(path => basename(path))
}
