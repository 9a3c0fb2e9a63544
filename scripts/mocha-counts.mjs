/**
 * The mocha reporter of `npm test`: mocha's own `dot`, which also leaves its counts in the file that test.mjs names.
 */
import { writeFileSync } from 'node:fs'
import mocha from 'mocha'

export default class MochaCounts extends mocha.reporters.Dot {
  static description = "mocha's dot, with the counts in a file"

  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats
      writeFileSync(
        options.reporterOption.counts,
        JSON.stringify({ passed: passes, failed: failures, skipped: pending }),
      )
    })
  }
}
