/**
 * Brings a fresh or outdated clone to what package-lock.json says. Called first by start.mjs and test.mjs,
 * so it uses Node's own modules only.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'

/**
 * Runs `npm ci` unless node_modules already holds what the lock file names.
 * @throws Error with npm's output when it fails.
 */
export async function ensureInstalled() {
  requireNodeVersion()
  const outdated = findOutdatedPackage(readLock('package-lock.json'), readLock('node_modules/.package-lock.json'))
  if (outdated === undefined) return
  console.log(`Installing the npm packages (${outdated} is missing or outdated) …`)
  const { exitCode, output } = await run(npmCommand('ci'), { quiet: true })
  if (exitCode !== 0) throw new Error(`npm ci failed:\n${output}`)
}

/**
 * The first package of the lock file that is not installed as locked. The contents are compared, not the files' times:
 * npm writes both files in the same moment and in no fixed order, and git sets new times when it changes branches.
 * @param {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} locked
 * @param {typeof locked | undefined} installed - what npm noted in node_modules; undefined when there is none.
 */
export function findOutdatedPackage(locked, installed) {
  if (installed === undefined) return 'node_modules'
  for (const [path, wanted] of Object.entries(locked.packages)) {
    const found = installed.packages[path]
    if (path === '' || (found === undefined && wanted.optional)) continue
    if (found?.version !== wanted.version || found?.integrity !== wanted.integrity) return path
  }
  return undefined
}

/** A lock file of npm by its path in the repository; undefined when there is none. */
export function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * The npm that started us, or else the one on the PATH; on Windows that one is a script, which only a shell can run.
 */
export function npmCommand(...args) {
  const npmScript = process.env.npm_execpath
  if (npmScript) return [process.execPath, npmScript, ...args]
  return process.platform === 'win32' ? ['cmd', '/c', 'npm', ...args] : ['npm', ...args]
}

function requireNodeVersion() {
  const { engines } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))
  const [major, minor] = engines.node.match(/\d+/g).map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  throw new Error(`Signalbox needs Node ${engines.node}; this is ${process.version}.`)
}
