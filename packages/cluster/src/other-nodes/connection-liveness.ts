const intervalMs = 2_000

/**
 * A connection lives as long as its node listens to its channel. While another node is waited for, this asks Redis whether it still does: one that
 * was killed sends no answer, and says so to nobody. One that does is asked whether there is anything to wait for.
 */
export class ConnectionLiveness {
  readonly #countListeners: (connectionIds: readonly string[]) => Promise<readonly number[] | undefined>
  readonly #waitedFor: () => Set<string>
  readonly #onGone: (connectionId: string) => void
  readonly #askOwners: () => void
  #timer: NodeJS.Timeout | undefined

  /**
   * @param waitedFor - the connections somebody waits for.
   * @param onGone - no node has this connection.
   * @param askOwners - asks nodes that may be there.
   */
  constructor(
    countListeners: (connectionIds: readonly string[]) => Promise<readonly number[] | undefined>,
    waitedFor: () => Set<string>,
    onGone: (connectionId: string) => void,
    askOwners: () => void,
  ) {
    this.#countListeners = countListeners
    this.#waitedFor = waitedFor
    this.#onGone = onGone
    this.#askOwners = askOwners
  }

  /** Goes on until nobody is waited for. */
  start(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const waitedFor = this.#waitedFor()
      if (waitedFor.size === 0) return
      void this.check([...waitedFor])
      this.#askOwners()
      this.start()
    }, intervalMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async check(connectionIds: readonly string[]): Promise<void> {
    const counts = await this.#countListeners(connectionIds)
    if (counts === undefined) return
    for (const [index, connectionId] of connectionIds.entries()) if (counts[index] === 0) this.#onGone(connectionId)
  }
}
