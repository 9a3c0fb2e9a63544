import { spawnSync } from 'node:child_process'

/** Skips the tests of a suite on a developer's machine without the program, and says so. In CI they fail. */
export function needs(program: 'nginx' | 'haproxy'): void {
  before(program, function () {
    if (spawnSync(program, ['-v']).error === undefined) return
    const text = `${program} is not installed`
    if (process.env['CI'] === 'true') throw new Error(`${text}; with CI=true nothing is skipped`)
    console.error(`Skipped, because ${text}:`)
    this.skip()
  })
}
