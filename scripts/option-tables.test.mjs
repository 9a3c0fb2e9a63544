/** Each option is described once, as data: docstrings and documents come from there. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { interfaces } from './options/option-places.mjs'
import { staleFiles } from './options/option-tables.mjs'
import { filesBelow } from './repository.mjs'

describe('what docstrings and documents say of options', () => {
  it('is what the data says (npm run option-tables)', () => {
    expect([...staleFiles().keys()]).to.deep.equal([])
  }).timeout(20_000)

  it('covers every table there is', () => {
    const sources = filesBelow('packages').filter(path => /\/src\/.*(?<!\.test)\.ts$/.test(path))
    const tables = sources.flatMap(path =>
      [...readFileSync(path, 'utf8').matchAll(/satisfies OptionTable<(\w+)>/g)].map(([, options]) => options),
    )
    const known = new Set([...interfaces.map(({ interfaceName }) => interfaceName), 'JwtBearerOptions'])
    expect(tables.filter(options => !known.has(options))).to.deep.equal([])
  })

  it('names a unit wherever the default is a number, or the name says what is counted', () => {
    const counted = /(?:Ms|Bytes|Items|PerClient|Connections|Version|^port)$/
    const without = interfaces.flatMap(({ table }) =>
      Object.entries(table).filter(([name, option]) => typeof option.default === 'number' && !counted.test(name)),
    )
    expect(without.map(([name]) => name)).to.deep.equal([])
  })
})
