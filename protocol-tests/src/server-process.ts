import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { within } from './drivers/deadline.js'

export interface RunningServer {
  readonly url: string
  /** How it ended and what it said last, when it ended by itself. */
  readonly endedBy: () => string | undefined
  /** SIGTERM: it drains and exits. */
  terminate(): Promise<number | string>
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()

// However this process ends, by an error of its own or by Ctrl-C: no server outlives it.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.on(signal, () => process.exit(128 + number))
}

/** Starts a server that says where it listens. */
export async function startServer(command: readonly string[]): Promise<RunningServer> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let log = ''
  child.stderr.on('data', chunk => {
    log = (log + chunk).slice(-20_000)
  })
  const exited = new Promise<string>(resolve => {
    const end = (how: string) => {
      running.delete(child)
      resolve(how)
    }
    child.on('error', error => end(String(error)))
    child.on('exit', (code, signal) => end(`exit code ${code ?? signal}`))
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
