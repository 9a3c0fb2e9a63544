// Documents name the tests that hold what they say; when one is renamed, they name it anew. npm test runs this.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect } from 'chai'

const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n')
const tests = new Set(files.filter(file => /\.test\.m?ts$|\.test\.mjs$/.test(file)).map(file => basename(file)))

for (const document of files.filter(file => /^docs\/[^/]+\.md$/.test(file)))
  describe(document, () => {
    it('names no test that is not there', () => {
      const named = [...readFileSync(document, 'utf8').matchAll(/`([\w.-]+\.test\.(?:ts|mjs))`/g)].map(
        ([, name]) => name,
      )
      expect(named.filter(name => !tests.has(name))).to.deep.equal([])
    })
  })
