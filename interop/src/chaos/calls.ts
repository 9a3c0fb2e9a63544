interface Call {
  readonly what: string
  readonly startedAt: number
  readonly tookMs: number
  readonly limitMs: number
  readonly failure: string | undefined
}

/** Everything but messages that clients do: how long it took, and what came of it. */
export class Calls {
  readonly #calls: Call[] = []
  readonly #wrong: string[] = []

  /**
   * @param limitMs - within which it must have ended.
   * @param call - returns why it failed, if it may while something is broken; throws when it must not have failed at
   * all.
   */
  async make(what: string, limitMs: number, call: () => Promise<string | undefined>): Promise<void> {
    const startedAt = performance.now()
    try {
      const failure = await call()
      this.#calls.push({ what, startedAt, tookMs: performance.now() - startedAt, limitMs, failure })
    } catch (error) {
      this.#wrong.push(`${what} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** The longest, in ms. */
  longest(what: string): number {
    return Math.max(0, ...this.#calls.filter(call => call.what === what).map(({ tookMs }) => tookMs))
  }

  /** Ends a time. @param undisturbedSince - from then on nothing may have failed. @returns what was wrong. */
  close(undisturbedSince: number): string[] {
    const wrong = this.#wrong.splice(0)
    for (const { what, startedAt, tookMs, limitMs, failure } of this.#calls.splice(0)) {
      if (tookMs > limitMs) wrong.push(`${what} took ${Math.round(tookMs)} ms`)
      if (failure !== undefined && startedAt >= undisturbedSince)
        wrong.push(`${what} failed without a fault: ${failure}`)
    }
    return wrong
  }
}
