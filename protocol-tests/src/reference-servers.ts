import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { CheckOptions } from './check.js'
import { within } from './drivers/deadline.js'

export type ReferenceServerName = 'dotnet' | 'signalbox'

export interface RunningServer {
  readonly url: string
  /** How it ended and what it said last, when it ended by itself. */
  readonly endedBy: () => string | undefined
  /** SIGTERM: it drains and exits. */
  terminate(): Promise<number | string>
  stop(): Promise<void>
}

const repository = new URL('../../', import.meta.url)
const dotnetProject = fileURLToPath(new URL('interop/dotnet/ReferenceServer/', repository))
const dotnetProgram = `${dotnetProject}bin/Release/net10.0/ReferenceServer.dll`
const signalboxProgram = fileURLToPath(new URL('interop/dist/reference-server/main.js', repository))

/** The flags of the reference server that give a check what it needs. */
export function serverArguments({ settings = {}, detailedErrors = true }: CheckOptions): string[] {
  const refusal = detailedErrors ? [] : ['--no-detailed-errors']
  const options = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...refusal, ...options.flatMap(([name, value]) => ['--set', `${name}=${value}`])]
}

/** Builds what is missing or out of date, so that a run needs no other command. */
export async function prepare(name: ReferenceServerName): Promise<void> {
  if (name === 'dotnet' && isDotnetProgramOutOfDate()) {
    const build = spawn('dotnet', ['build', '--configuration', 'Release', dotnetProject], { stdio: ['ignore', 2, 2] })
    const code = await new Promise(resolve => build.on('close', resolve))
    if (code !== 0) throw new Error('The ASP.NET Core reference server does not build')
  }
  if (name === 'signalbox' && !existsSync(signalboxProgram)) {
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

export async function startReferenceServer(name: ReferenceServerName, args: readonly string[]): Promise<RunningServer> {
  const [command, program] = name === 'dotnet' ? ['dotnet', dotnetProgram] : [process.execPath, signalboxProgram]
  const child = spawn(command, [program, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.on('data', chunk => {
    log = (log + chunk).slice(-20_000)
  })
  const exited = new Promise<string>(resolve => {
    child.on('error', error => resolve(String(error)))
    child.on('exit', (code, signal) => resolve(`exit code ${code ?? signal}`))
  })
  const failed = exited.then(how => {
    throw new Error(`The server ended (${how}) before it listened.\n${log}`)
  })
  try {
    const url = await within(Promise.race([listeningUrl(child), failed]), 'the server to listen', 60_000)
    failed.catch(() => {})
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null
    const endedBy = () => (hasEnded() ? `${child.exitCode ?? child.signalCode}\n${log.slice(-2000)}` : undefined)
    return { url, endedBy, terminate: () => terminate(child), stop: () => stop(child, exited) }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** The server says where it listens, one line for each listener. */
function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise(resolve => {
    createInterface({ input: child.stdout! }).on('line', line => {
      const url = /Now listening on: (http:\/\/\S+)/.exec(line)?.[1]
      if (url) resolve(url.replace(/\/$/, ''))
    })
  })
}

async function terminate(child: ChildProcess): Promise<number | string> {
  const exit = new Promise<number | string>(resolve => {
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  child.kill('SIGTERM')
  return within(exit, 'the server to exit', 40_000)
}

/** Nothing is asked of a server any more, so it need not drain. */
async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  child.kill('SIGKILL')
  await exited
}
