import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ClientVersion } from './client-versions.js'

export interface ScenarioResult {
  /** For example `WebSockets/json: an empty stream just ends`. */
  readonly name: string
  /** Undefined when it passed. */
  readonly failure: string | undefined
}

/** The scenarios of interop/dotnet/Client, built for one version of the client. */
export class ScenarioProgram {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /** Quick when it has been built before. */
  static async build({ version, messagePackVersion = version }: ClientVersion): Promise<ScenarioProgram> {
    const project = pathOf('dotnet/Client')
    const versions = [`-p:SignalRClientVersion=${version}`, `-p:SignalRMessagePackVersion=${messagePackVersion}`]
    const options = ['--nologo', '--verbosity', 'quiet', '--configuration', 'Release']
    const { exitCode, output } = await run('dotnet', ['build', ...options, ...versions, project], 180_000)
    if (exitCode !== 0) throw new Error(`dotnet build failed:\n${output}`)
    return new ScenarioProgram(pathOf(`dotnet/Client/bin/${version}/SignalRClientScenarios`))
  }

  async list(): Promise<readonly string[]> {
    return (await run(this.#path, ['--list'], 30_000)).output.split('\n').filter(line => line !== '')
  }

  /** @param flags - `--refresh` runs the scenarios of authentication refresh instead of those for every version. */
  async run(
    url: string,
    transport: string,
    protocol: string,
    ...flags: readonly '--refresh'[]
  ): Promise<readonly ScenarioResult[]> {
    const args = ['--url', url, '--transport', transport, '--protocol', protocol, ...flags]
    const { output } = await run(this.#path, args, 120_000)
    const summary = /: (\d+) passed, (\d+) failed in /.exec(output)
    const results = output.split('\n').flatMap(parseResult)
    if (summary === null || results.length !== Number(summary[1]) + Number(summary[2]))
      throw new Error(`the scenarios did not come to their end:\n${output}`)
    return results
  }
}

function parseResult(line: string): ScenarioResult[] {
  if (line.startsWith('ok ')) return [{ name: line.slice(3), failure: undefined }]
  const [, name, failure] = /^FAIL (\S+: .+?): (.*)$/.exec(line) ?? []
  return name === undefined || failure === undefined ? [] : [{ name, failure }]
}

/** @returns stdout and stderr as they come, and a code other than 0 for a program that was cut off. */
function run(command: string, args: string[], timeout: number): Promise<{ exitCode: number; output: string }> {
  return new Promise(resolve => {
    execFile(command, args, { timeout, killSignal: 'SIGKILL', maxBuffer: 64 * 1_048_576 }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ exitCode, output: stdout + stderr })
    })
  })
}

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
