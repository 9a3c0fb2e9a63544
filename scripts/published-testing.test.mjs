/**
 * What packages publish of their test tools. The suites that authors of hosts, backplanes and protocols need are
 * public: README says so, and what they import is installed by whoever uses them. All others are for this repository
 * alone and stay out of the package. `exports` may name them all the same, and opens on nothing then where the package
 * is installed: rooms of this repository come in by doors alone, and npm publishes the `exports` they use as they
 * stand.
 */
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { expect } from 'chai'
import { packageOf } from './check-edges.mjs'
import { readImports } from './read-imports.mjs'
import { filesBelow } from './repository.mjs'
import { rooms } from './rooms.mjs'

const read = path => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const sourcesBelow = folder => filesBelow(folder).filter(path => /\/src\/.*\.[cm]?ts$/.test(path))

const importsOf = path => readImports(read(path)).map(({ specifier }) => specifier)

const importedFromElsewhere = room =>
  ['packages', 'protocol-tests', 'interop']
    .flatMap(sourcesBelow)
    .filter(path => !path.startsWith(`${room}/`))
    .flatMap(importsOf)

describe('the published package', () => {
  const published = rooms.filter(({ folder }) => folder.startsWith('packages/'))
  for (const { folder, name } of published.filter(({ folder }) => existsSync(`${folder}/src/testing`))) {
    const manifest = JSON.parse(read(`${folder}/package.json`))

    if (manifest.files.includes('!dist/testing')) {
      const door = manifest.exports['./testing']?.default
      if (door !== undefined && !door.startsWith('./dist/testing/')) {
        // Something for users stands behind it, which the tools of the repository are not.
        it(`${name} has what its README says behind its door for tests`, () => {
          expect(read(`${folder}/README.md`)).to.contain(`${name}/testing`)
          expect(existsSync(`${folder}/${door}`)).to.equal(true)
        })
        continue
      }

      it(`${name} keeps its test tools to itself, and promises none`, () => {
        expect(read(`${folder}/README.md`)).not.to.contain(`${name}/testing`)
      })

      it(`${name} has a door to them only if another room of the repository comes in by it`, () => {
        expect('./testing' in manifest.exports).to.equal(importedFromElsewhere(folder).includes(`${name}/testing`))
      })
      continue
    }

    it(`${name} has its test suites behind a door that README names`, () => {
      expect(manifest.exports).to.have.property('./testing')
      expect(read(`${folder}/README.md`)).to.contain(`${name}/testing`)
    })

    it(`${name} tells what its test suites need, and burdens nobody else with it`, () => {
      const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
      const peers = Object.keys(peerDependencies)
      const imported = filesBelow(`${folder}/src/testing`)
        .filter(path => path.endsWith('.ts') && !path.endsWith('.test.ts'))
        .flatMap(importsOf)
        .filter(specifier => !specifier.startsWith('.') && !isBuiltin(specifier))
        .map(packageOf)
      expect(imported.filter(each => !(each in dependencies) && !peers.includes(each))).to.deep.equal([])
      expect(peers.filter(peer => !peerDependenciesMeta[peer]?.optional)).to.deep.equal([])
    })
  }
})
