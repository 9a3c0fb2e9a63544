import type { BodyResult, HttpExchange } from './host-port.js'

/**
 * A body that is read while it is still open what becomes of its request: hosts throw away what nobody reads at once.
 */
export class EarlyBody {
  #result: BodyResult | undefined
  #done: ((result: BodyResult) => void) | undefined

  constructor(exchange: HttpExchange, limitBytes: number) {
    exchange.readBody(limitBytes, result => {
      this.#result = result
      this.#done?.(result)
    })
  }

  /** Calls back once it is there; at once if it is. */
  whenRead(done: (result: BodyResult) => void): void {
    if (this.#result === undefined) this.#done = done
    else done(this.#result)
  }
}
