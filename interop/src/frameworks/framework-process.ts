import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { within } from '../clients/deadline.js'

/** A recipe, run as the program it is. */
export class FrameworkProcess {
  readonly url: string
  readonly #process: ChildProcess

  private constructor(url: string, process: ChildProcess) {
    this.url = url
    this.#process = process
  }

  /** @param program - below `interop/dist/frameworks/`. */
  static async start(program: string): Promise<FrameworkProcess> {
    const path = fileURLToPath(new URL(`../../dist/frameworks/${program}.js`, import.meta.url))
    const child = spawn(process.execPath, [path], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PORT: '0' },
    })
    try {
      return new FrameworkProcess(await within(listeningUrl(child), `${program} to listen`), child)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
  }

  /** Asks it to end. @returns its exit code, or the signal that ended it. */
  async stop(): Promise<number | string | null> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const [code, signal] = await within(ended, 'the process to end').catch(error => {
      this.#process.kill('SIGKILL')
      throw error
    })
    return code ?? signal
  }
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) {
    const url = /^Listening on (http:\S+)$/.exec(line)?.[1]
    if (url !== undefined) return url.replace('[::1]', '127.0.0.1')
  }
  throw new Error('it ended before it listened')
}
