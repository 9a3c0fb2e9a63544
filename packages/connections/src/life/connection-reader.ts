import { type ConnectionContext, type ConnectionReceiver, createGuardedAbortController } from '@signalbox/abstractions'

/**
 * What a connection receives, as an async iterator. Nothing is read ahead: while nobody waits for the next bytes the
 * connection is paused, so what arrives is bounded and its senders are held back where the transport can.
 */
export class ConnectionReader implements ConnectionReceiver, AsyncIterator<Buffer, undefined> {
  readonly #connection: ConnectionContext
  readonly #onListenerError: (error: unknown) => void
  readonly #waiting: ((result: IteratorResult<Buffer, undefined>) => void)[] = []
  #controller: AbortController | undefined
  #hasEnded = false
  #endError: Error | undefined

  /** @param onListenerError - gets what a listener of `signal` threw. */
  constructor(connection: ConnectionContext, onListenerError: (error: unknown) => void) {
    this.#connection = connection
    this.#onListenerError = onListenerError
    connection.pause()
    connection.receiver = this
  }

  /** What broke the transport, if anything did. */
  get endError(): Error | undefined {
    return this.#endError
  }

  get signal(): AbortSignal {
    this.#controller ??= createGuardedAbortController(this.#onListenerError)
    if (this.#hasEnded) this.#controller.abort(this.#endError)
    return this.#controller.signal
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    return new Promise(resolve => {
      this.#waiting.push(resolve)
      this.#connection.resume()
      if (this.#hasEnded) this.#endWaiting()
    })
  }

  /** Whoever leaves a loop may begin another one. */
  return(): Promise<IteratorResult<Buffer, undefined>> {
    return Promise.resolve({ done: true, value: undefined })
  }

  onReceive(bytes: Uint8Array): void {
    const resolve = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#connection.pause()
    resolve?.({ done: false, value: Buffer.from(bytes) })
  }

  onEnd(error: Error | undefined): void {
    this.#hasEnded = true
    this.#endError = error
    this.#endWaiting()
    this.#controller?.abort(error)
  }

  #endWaiting(): void {
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }
}
