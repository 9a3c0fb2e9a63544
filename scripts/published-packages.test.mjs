/**
 * What npm would publish, looked at as its users get it: packed, with the tools that library authors check their
 * packages with.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { expect } from 'chai'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packageOf } from './check-edges.mjs'
import { npmCommand } from './install.mjs'
import { readImports } from './read-imports.mjs'
import { filesBelow, publishedPackages, repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'

const read = path => readFileSync(join(repositoryRoot, path), 'utf8')
const folders = publishedPackages()

/** Packages are ECMAScript modules, which CommonJS can `require` in each Node that they support. */
const expectedProblems = ['CJSResolvesToESM']

describe('the packages that npm would publish', function () {
  this.timeout(60_000)
  let packed
  before(async () => {
    packed = mkdtempSync(join(tmpdir(), 'signalbox-packed-'))
    const workspaces = folders.map(folder => `--workspace=${folder}`)
    const { exitCode, output } = await run(npmCommand('pack', '--pack-destination', packed, ...workspaces), {
      quiet: true,
    })
    expect(exitCode, output).to.equal(0)
  })
  after(() => rmSync(packed, { recursive: true }))

  for (const folder of folders) {
    const manifest = JSON.parse(read(`${folder}/package.json`))
    const tarball = () =>
      readFileSync(join(packed, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`))

    const contents = () => createPackageFromTarballData(new Uint8Array(tarball()))

    describe(manifest.name, () => {
      it('says what it is, under which license, and that everybody may have it', () => {
        expect(read(`${folder}/LICENSE`)).to.equal(read('LICENSE'))
        expect(manifest).to.deep.include({ license: 'MIT', publishConfig: { access: 'public' } })
        expect(manifest.keywords).to.include('signalr')
        expect(manifest.description).to.be.a('string')
      })

      it('has an `npm test` of its own', () => {
        expect(manifest.scripts?.test).to.equal('node ../../scripts/test-room.mjs')
      })

      it('leaves the choice of versions of what others make to its users', () => {
        const ofOthers = Object.entries(manifest.dependencies ?? {}).filter(([name]) => !name.startsWith('@signalbox/'))
        for (const [name, range] of ofOthers) expect(range, name).to.match(/^\^/)
      })

      it('has its sources in its source maps, so that a debugger shows them', () => {
        const maps = filesBelow(`${folder}/dist`).filter(path => path.endsWith('.js.map'))
        expect(maps).not.to.deep.equal([])
        for (const path of maps) expect(JSON.parse(read(path)).sourcesContent?.[0], path).to.be.a('string')
      })

      it('has no test in it, and behind each of its doors something that its README shows', () => {
        expect(
          contents()
            .listFiles()
            .filter(path => /\.test\.|\/testing\//.test(path)),
        ).to.deep.equal([])
        for (const door of Object.keys(manifest.exports).filter(path => path !== '.'))
          expect(read(`${folder}/README.md`)).to.contain(`${manifest.name}${door.slice(1)}`)
      })

      it('imports nothing but what npm installs with it, and asks nobody for test tools', () => {
        const { dependencies = {}, peerDependencies = {} } = manifest
        const installed = Object.keys({ ...dependencies, ...peerDependencies })
        const code = contents()
        const imported = code
          .listFiles()
          .filter(path => /\.js$|\.d\.ts$/.test(path))
          .flatMap(path => readImports(code.readFile(path)).map(({ specifier }) => specifier))
          .filter(specifier => !specifier.startsWith('.') && !isBuiltin(specifier))
          .map(packageOf)
        expect(imported.filter(name => !installed.includes(name))).to.deep.equal([])
        expect(installed.filter(name => ['chai', 'fast-check', 'mocha'].includes(name))).to.deep.equal([])
      })

      it('has nothing that publint objects to', async () => {
        const { messages } = await publint({ pack: { tarball: new Uint8Array(tarball()).buffer } })
        const objections = messages
          .filter(({ type }) => type !== 'suggestion')
          .map(message => formatMessage(message, manifest, { color: false }))
        expect(objections).to.deep.equal([])
      })

      it('has types that agree with its code, however it is resolved', async () => {
        const result = await checkPackage(contents())
        const problems = (result.problems ?? []).filter(
          ({ kind, resolutionKind }) => resolutionKind !== 'node10' && !expectedProblems.includes(kind),
        )
        expect(problems).to.deep.equal([])
      })
    })
  }
})
