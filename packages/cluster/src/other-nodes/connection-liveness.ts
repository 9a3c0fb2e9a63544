const intervalMs = 2_000

/**
 * A connection lives as long as its node listens to its channel. While another node is waited for, this asks the bus
 * whether it still does: a node that was killed answers nothing. Nodes that live are told what is waited for, as it may
 * have been lost on its way to them.
 */
export class ConnectionLiveness {
  readonly #countSubscribers: (connectionIds: readonly string[]) => Promise<readonly number[] | undefined>
  readonly #waitedFor: () => Set<string>
  readonly #onGone: (connectionId: string) => void
  readonly #tellNodes: () => void
  #timer: NodeJS.Timeout | undefined

  /**
   * @param waitedFor - the connections whose nodes are waited for.
   * @param onGone - called for a connection that no node has.
   * @param tellNodes - tells the nodes what is waited for.
   */
  constructor(
    countSubscribers: (connectionIds: readonly string[]) => Promise<readonly number[] | undefined>,
    waitedFor: () => Set<string>,
    onGone: (connectionId: string) => void,
    tellNodes: () => void,
  ) {
    this.#countSubscribers = countSubscribers
    this.#waitedFor = waitedFor
    this.#onGone = onGone
    this.#tellNodes = tellNodes
  }

  /** Checks every two seconds until nobody is waited for. */
  start(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const waitedFor = this.#waitedFor()
      if (waitedFor.size === 0) return
      void this.check([...waitedFor])
      this.#tellNodes()
      this.start()
    }, intervalMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async check(connectionIds: readonly string[]): Promise<void> {
    const counts = await this.#countSubscribers(connectionIds)
    if (counts === undefined) return
    for (const [index, connectionId] of connectionIds.entries()) if (counts[index] === 0) this.#onGone(connectionId)
  }
}
