/**
 * What packages publish of their test tools. The suites that authors of hosts, backplanes and protocols need are public: README says so, and what they import
 * is installed by whoever uses them. All others are for this repository alone and stay out of the package.
 */
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { expect } from 'chai'
import { readImports } from './read-imports.mjs'
import { filesBelow } from './repository.mjs'
import { rooms } from './rooms.mjs'

const read = path => (existsSync(path) ? readFileSync(path, 'utf8') : '')

describe('the published package', () => {
  const published = rooms.filter(({ folder }) => folder.startsWith('packages/'))
  for (const { folder, name } of published.filter(({ folder }) => existsSync(`${folder}/src/testing`))) {
    const manifest = JSON.parse(read(`${folder}/package.json`))

    if (manifest.files.includes('!dist/testing')) {
      it(`${name} keeps its test tools to itself, and promises none`, () => {
        expect(read(`${folder}/README.md`)).not.to.contain(`${name}/testing`)
      })
      continue
    }

    it(`${name} has its test suites behind a door that README names`, () => {
      expect(manifest.exports).to.have.property('./testing')
      expect(read(`${folder}/README.md`)).to.contain(`${name}/testing`)
    })

    it(`${name} tells what its test suites need, and burdens nobody else with it`, () => {
      const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
      const peers = Object.keys(peerDependencies)
      const imported = filesBelow(`${folder}/src/testing`)
        .filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts'))
        .flatMap(path => readImports(read(path)))
        .map(({ specifier }) => specifier)
        .filter(specifier => !specifier.startsWith('.') && !isBuiltin(specifier))
      expect(imported.filter(specifier => !(specifier in dependencies) && !peers.includes(specifier))).to.deep.equal([])
      expect(peers.filter(peer => !peerDependenciesMeta[peer]?.optional)).to.deep.equal([])
    })
  }
})
