/** Runs one mocha suite for test.mjs and counts its tests. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeProgram } from './node-versions.mjs'
import { filesBelow, npmTools, repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'

/**
 * The compiled tests of a source folder. The sources decide, so that a test which was renamed or deleted does not live
 * on in `dist`, and one that was not compiled is missed: mocha fails on a file that is not there.
 */
export function testFilesOf(folder, root = repositoryRoot) {
  if (!existsSync(join(root, folder))) return []
  return filesBelow(folder, root)
    .filter(path => /\/src\/.*\.test\.ts$/.test(path) || /^scripts\/[^/]+\.test\.mjs$/.test(path))
    .map(path => path.replace('/src/', '/dist/').replace(/\.ts$/, '.js'))
}

/**
 * @param {string[]} files
 * @param {Pick<import('./test-steps.mjs').Step, 'testTimeoutMs' | 'limitMs' | 'testsNamed' | 'nodeVersion' | 'env'>}
 * step
 * @returns {Promise<{ passed: number, failed: number, skipped: number, note?: string }>} a run that crashed, hung or
 * executed nothing counts as one failure more, and the note says so.
 */
export async function runMocha(files, { testTimeoutMs, limitMs, testsNamed, nodeVersion, env }) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'))
  const counts = join(folder, 'counts.json')
  try {
    const options = ['--reporter', './scripts/mocha-counts.mjs', '--reporter-option', `counts=${counts}`]
    if (process.env.CI) options.push('--forbid-only')
    if (testsNamed !== undefined) options.push('--fgrep', testsNamed)
    const node = nodeVersion === undefined ? process.execPath : nodeProgram(nodeVersion)
    const command = [node, npmTools.mocha, '--timeout', String(testTimeoutMs), ...options, ...files]
    const { exitCode, timedOut } = await run(command, { limitMs, env })
    const result = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : { passed: 0, failed: 0, skipped: 0 }
    const note = explainFailure(result, exitCode, timedOut, limitMs)
    return note === undefined ? result : { ...result, failed: result.failed + 1, note }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What went wrong beyond failing tests; undefined when nothing did. */
export function explainFailure({ passed, failed }, exitCode, timedOut, limitMs) {
  if (timedOut) return `did not end within ${limitMs / 1000} s`
  if (failed > 0) return undefined
  if (exitCode !== 0) return `mocha ended with exit code ${exitCode}`
  return passed === 0 ? 'executed no test' : undefined
}
