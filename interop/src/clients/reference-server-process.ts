import { findFreePort } from '../processes/free-port.js'
import { ListeningProcess } from '../processes/listening-process.js'
import type { ServerKind } from './server-kinds.js'

/** A reference server in a process of its own, so that its death and its restart are real ones. */
export class ReferenceServerProcess {
  readonly #process: ListeningProcess
  readonly #kind: ServerKind
  readonly #args: readonly string[]

  private constructor(process: ListeningProcess, kind: ServerKind, args: readonly string[]) {
    this.#process = process
    this.#kind = kind
    this.#args = args
  }

  get url(): string {
    return this.#process.url
  }

  /** @param port - default a free one. Resolves once the server says that it listens. */
  static async start(kind: ServerKind, args: readonly string[] = [], port?: number): Promise<ReferenceServerProcess> {
    // Never port 0: a port that uWebSockets.js chose itself cannot be taken again for a minute.
    const flags = ['--port', String(port ?? (await findFreePort())), ...args]
    const [command, ...firstArgs] = kind.command
    const process = await ListeningProcess.start('the reference server', command, [...firstArgs, ...flags])
    return new ReferenceServerProcess(process, kind, args)
  }

  /** Asks it to end. @returns its exit code, or the signal that ended it. */
  stop(): Promise<number | string> {
    return this.#process.stop()
  }

  /** Ends it without a goodbye, as a power cut does. */
  kill(): Promise<void> {
    return this.#process.kill()
  }

  /** The same server on the same port once more. */
  startAgain(): Promise<ReferenceServerProcess> {
    return ReferenceServerProcess.start(this.#kind, this.#args, Number(new URL(this.url).port))
  }
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
