import { type RunningServer, startServer } from './server-process.js'

/** A server for a group of checks. One check may bring it down; the ones behind it get a new one and are not blamed. */
export class LastingServer {
  readonly #command: readonly string[]
  #current: Promise<RunningServer>

  constructor(command: readonly string[]) {
    this.#command = command
    this.#current = startServer(command)
  }

  async running(): Promise<RunningServer> {
    const current = this.#current
    const server = await current
    if (server.endedBy() === undefined) return server
    // Of several checks that find it gone the first one starts it.
    if (this.#current === current) this.#current = startServer(this.#command)
    return this.running()
  }

  async stop(): Promise<void> {
    await (await this.#current).stop()
  }
}
