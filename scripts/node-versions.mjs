/**
 * The other Node versions that `npm test` runs on: real binaries from the npm registry, pinned by
 * scripts/node-versions/package-lock.json. They are fetched into a folder that git ignores when a step needs them, and
 * not by `npm ci`: on other systems it would fail on them.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { findOutdatedPackage, npmCommand, readLock } from './install.mjs'
import { repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'

const pins = 'scripts/node-versions'
const folder = 'build/node-versions'
const packages = join(repositoryRoot, folder, 'node_modules')

/** @typedef {'22' | '24'} NodeVersion */

/** @param {NodeVersion} version @returns {string} the path of its `node`. */
export function nodeProgram(version) {
  return join(packages, `node-${version}`, 'bin', 'node')
}

/** What is to be set besides for a program of this repository on that Node. @param {NodeVersion} version */
export function nodeEnvironment(version) {
  return {
    // Whatever the tests start by the name `node` or `npm` runs on it too.
    PATH: [dirname(nodeProgram(version)), process.env.PATH].join(delimiter),
    // npm installs the binaries of uWebSockets.js for its own Node only; those for the others are found here.
    NODE_PATH: packages,
  }
}

/** Fetches what is missing. @returns {Promise<string | undefined>} why they cannot be had, if so. */
export async function provideNodeVersions({ platform, arch } = process) {
  if (platform !== 'linux' || arch !== 'x64')
    return `the other Node versions are fetched for linux x64 only, not for ${platform} ${arch}`
  const locked = readLock(`${pins}/package-lock.json`)
  if (findOutdatedPackage(locked, readLock(`${folder}/node_modules/.package-lock.json`)) !== undefined) {
    console.log('Fetching other versions of Node from the npm registry …')
    mkdirSync(join(repositoryRoot, folder), { recursive: true })
    for (const file of ['package.json', 'package-lock.json', '.npmrc'])
      copyFileSync(join(repositoryRoot, pins, file), join(repositoryRoot, folder, file))
    const { exitCode, output } = await run(npmCommand('ci', '--prefix', folder), { quiet: true })
    if (exitCode !== 0) {
      console.error(`npm ci failed:\n${output}`)
      return 'the other Node versions cannot be fetched from the npm registry'
    }
  }
  for (const version of ['22', '24']) {
    const { exitCode, output } = await run([nodeProgram(version), '--version'], { quiet: true })
    if (exitCode !== 0) return `Node ${version} does not run on this system: ${output}`
  }
  return undefined
}
