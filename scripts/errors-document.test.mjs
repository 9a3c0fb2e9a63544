/** docs/errors.md lists the codes that the packages throw, all of them and no others. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { publishedSources } from './repository.mjs'

const codesIn = text => new Set(text.match(/\bSIGNALR_[A-Z_]+\b/g) ?? [])

describe('docs/errors.md', () => {
  it('has every code of the sources, and no other', () => {
    const thrown = new Set(publishedSources().flatMap(path => [...codesIn(readFileSync(path, 'utf8'))]))
    const documented = codesIn(readFileSync('docs/errors.md', 'utf8'))
    expect([...documented].sort()).to.deep.equal([...thrown].sort())
  })
})
