import { type ReferenceServerName, type RunningServer, startReferenceServer } from './reference-servers.js'

/** A server for a group of checks. One check may bring it down; the ones behind it get a new one and are not blamed. */
export class LastingServer {
  readonly #name: ReferenceServerName
  readonly #args: readonly string[]
  #current: Promise<RunningServer>

  constructor(name: ReferenceServerName, args: readonly string[]) {
    this.#name = name
    this.#args = args
    this.#current = startReferenceServer(name, args)
  }

  async running(): Promise<RunningServer> {
    const current = this.#current
    const server = await current
    if (server.endedBy() === undefined) return server
    // Of several checks that find it gone the first one starts it.
    if (this.#current === current) this.#current = startReferenceServer(this.#name, this.#args)
    return this.running()
  }

  async stop(): Promise<void> {
    await (await this.#current).stop()
  }
}
