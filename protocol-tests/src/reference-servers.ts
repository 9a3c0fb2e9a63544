import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Check, Deviation } from './check.js'
import type { Product } from './server-under-test.js'

export type ReferenceServerName = Exclude<Product, 'unknown'>

/** A server the suite can start, with the flags of the reference servers behind its command. */
export interface ServerProgram {
  readonly product: ReferenceServerName
  readonly command: readonly string[]
}

const repository = new URL('../../', import.meta.url)
const dotnetProject = fileURLToPath(new URL('interop/dotnet/ReferenceServer/', repository))
const dotnetProgram = `${dotnetProject}bin/Release/net10.0/ReferenceServer.dll`
const signalboxProgram = fileURLToPath(new URL('interop/dist/reference-server/main.js', repository))
const mutantsProgram = fileURLToPath(new URL('interop/dist/mutants/main.js', repository))

export const referenceServers: Readonly<Record<ReferenceServerName, ServerProgram>> = {
  dotnet: { product: 'dotnet', command: ['dotnet', dotnetProgram] },
  signalbox: { product: 'signalbox', command: [process.execPath, signalboxProgram] },
  'signalbox-node': { product: 'signalbox-node', command: [process.execPath, signalboxProgram, '--host', 'node'] },
}

/** The Signalbox reference server with one of the faults of `interop/src/mutants/`. */
export const mutantsCommand: readonly [string, string] = [process.execPath, mutantsProgram]

/** What a server may do instead of what a check says. The limits of uWebSockets.js are no excuse on node:http. */
export function deviationOf(check: Check, product: Product): Deviation | undefined {
  if (product === 'dotnet') return undefined
  return product === 'signalbox-node' && check.deviation?.key.startsWith('uws-') ? undefined : check.deviation
}

/** The flags that give a check what it needs. */
export function serverArguments(check: Check, product: ReferenceServerName): string[] {
  const ofDeviation = deviationOf(check, product)?.settings
  const settings = Object.entries(ofDeviation ?? check.settings ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const refusal = check.detailedErrors === false ? ['--no-detailed-errors'] : []
  return [...refusal, ...settings.flatMap(([name, value]) => ['--set', `${name}=${value}`])]
}

/** Builds what is missing or out of date, so that a run needs no other command. */
export async function prepare(name: ReferenceServerName): Promise<void> {
  if (name === 'dotnet' && isDotnetProgramOutOfDate()) {
    const build = spawn('dotnet', ['build', '--configuration', 'Release', dotnetProject], { stdio: ['ignore', 2, 2] })
    const code = await new Promise(resolve => build.on('close', resolve))
    if (code !== 0) throw new Error('The ASP.NET Core reference server does not build')
  }
  if (name !== 'dotnet' && !existsSync(signalboxProgram)) {
    throw new Error(`${signalboxProgram} is missing: run "npm run build" first`)
  }
}

function isDotnetProgramOutOfDate(): boolean {
  if (!existsSync(dotnetProgram)) return true
  const built = statSync(dotnetProgram).mtimeMs
  const sources = readdirSync(dotnetProject, { recursive: true, encoding: 'utf8' })
  return sources
    .filter(file => /\.(cs|csproj)$/.test(file) && !/^(bin|obj)\//.test(file))
    .some(file => statSync(`${dotnetProject}${file}`).mtimeMs > built)
}
