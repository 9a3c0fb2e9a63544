import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { findOutdatedPackage, readLock } from './install.mjs'
import { explainFailure, testFilesOf } from './mocha-suite.mjs'
import { provideNodeVersions } from './node-versions.mjs'
import { run } from './run.mjs'

const locked = { packages: { '': {}, 'node_modules/ws': { version: '8.0.0' }, 'node_modules/x': { optional: true } } }

describe('the check for installed packages', () => {
  it('is content with what the lock file names, without the optional packages of other systems', () => {
    expect(findOutdatedPackage(locked, { packages: { 'node_modules/ws': { version: '8.0.0' } } })).to.equal(undefined)
  })

  it('finds a package that is missing, of another version, or everything', () => {
    expect(findOutdatedPackage(locked, { packages: {} })).to.equal('node_modules/ws')
    expect(findOutdatedPackage(locked, { packages: { 'node_modules/ws': { version: '7.0.0' } } })).to.equal(
      'node_modules/ws',
    )
    expect(findOutdatedPackage(locked, undefined)).to.equal('node_modules')
  })
})

describe('the test files of a folder', () => {
  let root
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'signalbox-test-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function place(...paths) {
    for (const path of paths) {
      mkdirSync(join(root, path, '..'), { recursive: true })
      writeFileSync(join(root, path), '')
    }
  }

  it('are the compiled forms of the test sources there are, not what an older build left', () => {
    place('packages/hubs/src/hub.ts', 'packages/hubs/src/streams/hub.test.ts', 'packages/hubs/dist/renamed.test.js')
    expect(testFilesOf('packages', root)).to.deep.equal(['packages/hubs/dist/streams/hub.test.js'])
  })

  it('are none where the folder is not there', () => {
    expect(testFilesOf('interop', root)).to.deep.equal([])
  })
})

describe('the verdict on a mocha suite', () => {
  const limitMs = 1000

  it('is a failure when no test was executed', () => {
    expect(explainFailure({ passed: 0, failed: 0 }, 0, false, limitMs)).to.equal('executed no test')
  })

  it('is a failure when mocha broke off without a failing test', () => {
    expect(explainFailure({ passed: 3, failed: 0 }, 1, false, limitMs)).to.match(/exit code 1/)
  })

  it('is a failure when the suite did not end', () => {
    expect(explainFailure({ passed: 3, failed: 0 }, -1, true, limitMs)).to.match(/within 1 s/)
  })

  it('adds nothing to failing tests, and nothing to passing ones', () => {
    expect(explainFailure({ passed: 3, failed: 2 }, 2, false, limitMs)).to.equal(undefined)
    expect(explainFailure({ passed: 3, failed: 0 }, 0, false, limitMs)).to.equal(undefined)
  })
})

describe('the other Node versions', () => {
  it('come with the binary of the very release of uWebSockets.js that the repository uses', () => {
    const { packages } = readLock('package-lock.json')
    const pinned = readLock('scripts/node-versions/package-lock.json').packages
    const binary = 'node_modules/@uwsjs/linux-x64-22'
    expect(pinned[binary].integrity).to.equal(packages[binary].integrity).and.be.a('string')
  })

  it('are not there on other systems, for a reason that names them', async () => {
    expect(await provideNodeVersions({ platform: 'darwin', arch: 'arm64' })).to.match(/linux x64 only.* darwin arm64$/)
  })
})

describe('running a program', () => {
  it('tells its exit code and output', async () => {
    const result = await run([process.execPath, '-e', 'console.log("said"); process.exit(3)'], { quiet: true })
    expect(result).to.deep.equal({ exitCode: 3, timedOut: false, output: 'said\n' })
  })

  it('sets environment variables besides those that are set', async () => {
    const command = [process.execPath, '-p', '[process.env.SIGNALBOX_TEST, process.env.PATH === undefined]']
    const { output } = await run(command, { quiet: true, env: { SIGNALBOX_TEST: 'yes' } })
    expect(output).to.equal("[ 'yes', false ]\n")
  })

  it('kills what does not end in time', async () => {
    const result = await run([process.execPath, '-e', 'setInterval(() => {}, 1000)'], { quiet: true, limitMs: 200 })
    expect(result).to.include({ exitCode: -1, timedOut: true })
  })

  it('tells of a program that is not there', async () => {
    const result = await run(['no-such-program'], { quiet: true })
    expect(result.exitCode).to.equal(-1)
    expect(result.output).to.contain('no-such-program')
  })
})
