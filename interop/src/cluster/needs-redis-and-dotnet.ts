import { spawnSync } from 'node:child_process'

const missing = ['redis-server', 'dotnet'].filter(tool => spawnSync(tool, ['--version']).status !== 0)

/** Skips the tests of a suite on a developer's machine without them, and says so. In CI they fail. */
export function needsRedisAndDotnet(): void {
  before('redis-server and dotnet', function () {
    if (missing.length === 0) return
    const text = `${missing.join(' and ')} not installed`
    if (process.env['CI'] === 'true') throw new Error(`${text}; with CI=true nothing is skipped`)
    console.error(`Skipped, because ${text}:`)
    this.skip()
  })
}
