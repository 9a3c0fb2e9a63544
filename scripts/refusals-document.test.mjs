/** docs/refusals.md lists the causes that the packages count and log once a minute, all of them and no others. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { publishedSources } from './repository.mjs'

/**
 * Where a cause is written: in a refusal, and where something is reported; what follows a blank is a name of the
 * set-up.
 */
const places = [
  /\bcause(?:: | = )'(\w+)'/g,
  /[lL]og\.(?:warn|error|debug)\(\s*['`](\w+)/g,
  /this\.#warn(?:OfCall)?\(\s*'(\w+)'/g,
]

const causesIn = text => places.flatMap(place => [...text.matchAll(place)].map(([, cause]) => cause))

describe('docs/refusals.md', () => {
  it('has every cause of the sources, and no other', () => {
    const reported = new Set(publishedSources().flatMap(path => causesIn(readFileSync(path, 'utf8'))))
    const rows = readFileSync('docs/refusals.md', 'utf8').matchAll(/^\| `(\w+)/gm)
    const documented = [...rows].map(([, cause]) => cause)
    expect(documented.sort()).to.deep.equal([...reported].sort())
  })
})
