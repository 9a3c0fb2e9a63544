/** A request's body that is being read. */
export interface IncomingBody {
  readonly startedAtMs: number
  readonly length: number
  /** It comes too slowly to wait for the rest. */
  onStalled(): void
}

const graceMs = 5_000
const minimumBytesPerSecond = 240

/** Ends the bodies that do not come, as Kestrel does. @source KestrelServerLimits.MinRequestBodyDataRate */
export class BodyRates {
  readonly #bodies = new Set<IncomingBody>()
  #timer: NodeJS.Timeout | undefined

  add(body: IncomingBody): void {
    this.#bodies.add(body)
    this.#timer ??= setInterval(() => this.check(performance.now()), 1_000).unref()
  }

  delete(body: IncomingBody): void {
    this.#bodies.delete(body)
  }

  /** Called once a second. */
  check(nowMs: number): void {
    for (const body of this.#bodies) {
      const elapsedMs = nowMs - body.startedAtMs
      if (elapsedMs > graceMs && body.length * 1_000 < elapsedMs * minimumBytesPerSecond) body.onStalled()
    }
    if (this.#bodies.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
