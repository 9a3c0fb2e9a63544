import { expect } from 'chai'
import type { Check } from './check.js'
import type { ServerProgram } from './reference-servers.js'
import { formatFailures } from './report.js'
import type { CheckResult } from './run-checks.js'
import { runOnProgram } from './run-checks.js'
import { tryFailedOnceMore } from './second-try.js'

/** A server that does no more than say where it listens: these checks ask it nothing. */
const script = `require('node:http').createServer().listen(0, '127.0.0.1', function () {
  console.log('Now listening on: http://127.0.0.1:' + this.address().port)
})`
const program: ServerProgram = { product: 'dotnet', command: [process.execPath, '--eval', script, '--'] }

/** A check that fails as often as told, and how often it has run. */
function checkThatFails(times: number) {
  const calls = { count: 0 }
  const check: Check = {
    area: 'area',
    name: 'a sentence',
    run: async () => {
      if (++calls.count <= times) throw new Error(`failure ${calls.count}`)
    },
  }
  return { check, calls }
}

const report = (results: readonly CheckResult[]) =>
  formatFailures({
    title: 'ASP.NET Core',
    results,
    verdict: { unexpected: results.filter(result => !result.passed), known: [], outdated: [] },
  })

describe('a check that the reference fails', () => {
  it('is tried once more, and passes when it passes then', async () => {
    const { check, calls } = checkThatFails(1)
    const results = await tryFailedOnceMore(program, await runOnProgram(program, [check]))
    expect(calls.count).to.equal(2)
    expect(results.map(result => result.passed)).to.deep.equal([true])
    expect(report(results)).to.equal('passed on ASP.NET Core at the second try: area: a sentence\n    failure 1')
  })

  it('is reported as a fault of the reference or of the check when it fails again', async () => {
    const { check, calls } = checkThatFails(3)
    const results = await tryFailedOnceMore(program, await runOnProgram(program, [check]))
    expect(calls.count).to.equal(2)
    expect(results.map(result => result.passed)).to.deep.equal([false])
    expect(report(results)).to.match(
      /^FAILED twice on ASP\.NET Core \(the check or the reference is wrong, not Signalbox\): area: a sentence\n {4}failure 2/,
    )
  })

  it('is not tried again when many fail: that is no accident', async () => {
    const failing = Array.from({ length: 11 }, () => checkThatFails(1))
    const checks = failing.map(({ check }) => check)
    const results = await tryFailedOnceMore(program, await runOnProgram(program, checks))
    expect(results.filter(result => result.passed)).to.deep.equal([])
    expect(failing.map(({ calls }) => calls.count)).to.deep.equal(checks.map(() => 1))
  })
})
