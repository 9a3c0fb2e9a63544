import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'

/** Runs a program beside this file. @returns its output. */
async function run(file: string): Promise<string> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [path], { timeout: 20_000 })
  return stdout
}

describe('a program that installs Signalbox', () => {
  it('imports it as an ES module, runs and ends', async () => {
    expect(await run('es-module-consumer.js')).to.equal('Hello, ES modules\n')
  })

  it('requires it from CommonJS, runs and ends', async () => {
    expect(await run('common-js-consumer.cjs')).to.equal('Hello, CommonJS\n')
  })
})
