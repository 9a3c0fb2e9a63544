import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { within } from './deadline.js'
import type { ServerKind } from './server-kinds.js'

/** A reference server in a process of its own, so that its death and its restart are real ones. */
export class ReferenceServerProcess {
  readonly url: string
  readonly #process: ChildProcess
  readonly #kind: ServerKind
  readonly #args: readonly string[]

  private constructor(url: string, process: ChildProcess, kind: ServerKind, args: readonly string[]) {
    this.url = url
    this.#process = process
    this.#kind = kind
    this.#args = args
  }

  /** @param port - default a free one. Resolves once the server says that it listens. */
  static async start(kind: ServerKind, args: readonly string[] = [], port?: number): Promise<ReferenceServerProcess> {
    // Never port 0: a port that uWebSockets.js chose itself cannot be taken again for a minute.
    const flags = ['--port', String(port ?? (await findFreePort())), ...args]
    const [command, ...firstArgs] = kind.command
    const child = spawn(command, [...firstArgs, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const url = await within(listeningUrl(child), 'the reference server to listen', 30_000)
      return new ReferenceServerProcess(url, child, kind, args)
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

  /** The same server on the same port once more. */
  startAgain(): Promise<ReferenceServerProcess> {
    return ReferenceServerProcess.start(this.#kind, this.#args, Number(new URL(this.url).port))
  }

  async #end(signal: NodeJS.Signals): Promise<number | string> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? ''
    const ended = once(this.#process, 'exit')
    this.#process.kill(signal)
    const [code, endSignal] = (await within(ended, 'the reference server to end')) as [number | null, string | null]
    return code ?? endSignal ?? ''
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^Now listening on: (http:\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    // Leaving the loop pauses the pipe; a server that still has something to say must not wait for a reader.
    child.stdout!.resume()
    return url
  }
  throw new Error('the reference server ended before it listened')
}

/** A reference server for the tests of one `describe`. */
export function useReferenceServer(kind: ServerKind, ...args: string[]): { readonly url: string } {
  let server: ReferenceServerProcess | undefined
  before(async () => {
    server = await ReferenceServerProcess.start(kind, args)
  })
  // Not there when the suite was skipped or the server did not start.
  after(() => server?.kill())
  return {
    get url() {
      return server!.url
    },
  }
}
