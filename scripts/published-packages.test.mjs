/**
 * What npm would publish, looked at as its users get it: packed, with the tools that library authors check their
 * packages with.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { expect } from 'chai'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { npmCommand } from './install.mjs'
import { filesBelow, repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'

const read = path => readFileSync(join(repositoryRoot, path), 'utf8')
const folders = readdirSync(join(repositoryRoot, 'packages')).map(name => `packages/${name}`)

/** Doors that only this repository opens: its rooms share test tools by them, see published-testing.test.mjs. */
const isOwnDoor = (manifest, path) =>
  path.includes('./testing') && manifest.files.includes('!dist/testing') && manifest.name !== 'signalbox'

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

    describe(manifest.name, () => {
      it('says what it is, under which license, and that everybody may have it', () => {
        expect(read(`${folder}/LICENSE`)).to.equal(read('LICENSE'))
        expect(manifest).to.deep.include({ license: 'MIT', publishConfig: { access: 'public' } })
        expect(manifest.keywords).to.include('signalr')
        expect(manifest.description).to.be.a('string')
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

      it('has nothing that publint objects to', async () => {
        const { messages } = await publint({ pack: { tarball: new Uint8Array(tarball()).buffer } })
        const objections = messages
          .filter(({ type, path }) => type !== 'suggestion' && !isOwnDoor(manifest, path.join('.')))
          .map(message => formatMessage(message, manifest, { color: false }))
        expect(objections).to.deep.equal([])
      })

      it('has types that agree with its code, however it is resolved', async () => {
        const result = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball())), {
          entrypoints: Object.keys(manifest.exports).filter(path => !isOwnDoor(manifest, path)),
        })
        const problems = (result.problems ?? []).filter(
          ({ kind, resolutionKind }) => resolutionKind !== 'node10' && !expectedProblems.includes(kind),
        )
        expect(problems).to.deep.equal([])
      })
    })
  }
})
