import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { within } from '../clients/deadline.js'

/**
 * A server in a process of its own, so that its death is a real one. It prints where it listens, as ASP.NET Core does.
 */
export class ListeningProcess {
  readonly url: string
  readonly #process: ChildProcess
  readonly #name: string

  private constructor(url: string, process: ChildProcess, name: string) {
    this.url = url
    this.#process = process
    this.#name = name
  }

  /** Resolves once it says that it listens. @param name - for errors. */
  static async start(name: string, program: string, args: readonly string[]): Promise<ListeningProcess> {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    // A run that is broken off must not leave it behind.
    const killWithUs = () => child.kill('SIGKILL')
    process.once('exit', killWithUs)
    child.once('exit', () => process.off('exit', killWithUs))
    try {
      const url = await within(listeningUrl(child, name), `${name} to listen`, 30_000)
      return new ListeningProcess(url, child, name)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
  }

  /** Asks it to end. @returns its exit code, or the signal that ended it. */
  stop(): Promise<number | string> {
    return this.#end('SIGTERM')
  }

  /** Ends it without a goodbye, as a power cut does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<number | string> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? ''
    const ended = once(this.#process, 'exit')
    this.#process.kill(signal)
    const [code, endSignal] = (await within(ended, `${this.#name} to end`)) as [number | null, string | null]
    return code ?? endSignal ?? ''
  }
}

async function listeningUrl(child: ChildProcess, name: string): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^Now listening on: (http:\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    // Leaving the loop pauses the pipe; a server that still has something to say must not wait for a reader.
    child.stdout!.resume()
    return url
  }
  throw new Error(`${name} ended before it listened`)
}
