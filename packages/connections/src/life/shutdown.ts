import type { HttpConnection } from './http-connection.js'

/**
 * Connections that are told in one turn, and the mean time between two turns: 500 clients a second look for another
 * server.
 */
const bundleSize = 50
const bundleIntervalMs = 100
/**
 * The time at the end of it that connections have for what they do when they are cut: their signals, `onDisconnected`.
 */
const longestCutOffMs = 1000
/** How long a client may take for the poll that tells it of the server's end. */
const lastPollMs = 1000

/**
 * Ends all connections of a server that shuts down. They are told in bundles and in no order, so that thousands of
 * clients do not turn to the other servers in the same second. Each leaves when nothing is under way on it; what runs
 * near the end of the time is told to stop.
 */
export class Shutdown {
  readonly #connections: ReadonlyMap<string, HttpConnection>
  readonly #timeoutMs: number
  readonly #random: () => number
  #resolve: (() => void) | undefined
  #isOver = false
  readonly #timers = new Set<NodeJS.Timeout>()
  /** How often a look has found the application of each at its end. */
  readonly #ended = new Map<HttpConnection, number>()

  /**
   * @param connections - those that are there; whoever removes one calls `onRemoved`.
   * @param timeoutMs - for everything; 0 tells all of them at once and waits for none.
   * @param random - from 0 to 1; for the order, and the time between bundles.
   */
  constructor(connections: ReadonlyMap<string, HttpConnection>, timeoutMs: number, random = Math.random) {
    this.#connections = connections
    this.#timeoutMs = timeoutMs
    this.#random = random
  }

  /** @returns once all have ended, or the time is over. */
  async run(): Promise<void> {
    const over = new Promise<void>(resolve => {
      this.#resolve = resolve
    })
    this.#forgetEnded(0)
    const leaving = this.#shuffled()
    if (this.#timeoutMs === 0) this.#cutAll()
    const cutOffMs = Math.min(longestCutOffMs, this.#timeoutMs / 5)
    this.#after(this.#timeoutMs - cutOffMs, () => this.#cutAll())
    this.#after(this.#timeoutMs, () => this.#end())
    const bundles = Math.max(1, Math.floor(this.#timeoutMs / 2 / bundleIntervalMs))
    this.#tellNext(leaving, Math.max(bundleSize, Math.ceil(leaving.length / bundles)))
    this.#watchEnded()
    this.onRemoved()
    await over
  }

  /** A connection is gone. */
  onRemoved(): void {
    if (this.#connections.size === 0) this.#end()
  }

  #end(): void {
    this.#isOver = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#resolve?.()
  }

  #tellNext(leaving: HttpConnection[], size: number): void {
    for (const connection of leaving.splice(0, size)) connection.application.drain()
    if (leaving.length > 0) this.#after(bundleIntervalMs * (0.5 + this.#random()), () => this.#tellNext(leaving, size))
  }

  #cutAll(): void {
    for (const connection of this.#connections.values()) connection.application.endInput(undefined, false)
  }

  #watchEnded(): void {
    this.#forgetEnded(lastPollMs / bundleIntervalMs)
    this.#after(bundleIntervalMs, () => this.#watchEnded())
  }

  /**
   * Those whose application has ended and that only wait for a poll to learn of it.
   * @param looks - how often each has been seen so before.
   */
  #forgetEnded(looks: number): void {
    for (const connection of this.#connections.values()) {
      if (!connection.application.hasEnded) continue
      const seen = this.#ended.get(connection) ?? 0
      this.#ended.set(connection, seen + 1)
      if (seen >= looks) connection.life.remove()
    }
  }

  #shuffled(): HttpConnection[] {
    const connections = [...this.#connections.values()]
    for (let left = connections.length; left > 1; left--) {
      const index = Math.floor(this.#random() * left)
      const last = connections[left - 1]!
      connections[left - 1] = connections[index]!
      connections[index] = last
    }
    return connections
  }

  #after(ms: number, run: () => void): void {
    if (this.#isOver) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, ms)
    this.#timers.add(timer)
  }
}
