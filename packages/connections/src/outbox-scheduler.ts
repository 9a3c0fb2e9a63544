import { Chain } from './chain.js'
import type { Outbox } from './outbox.js'

/**
 * Empties the outboxes that got something, once per turn of the event loop: `setImmediate` runs after every socket that was
 * ready has been read, so all messages of the turn leave in one write per connection.
 */
export class OutboxScheduler {
  #pending: Outbox[] = []
  #spare: Outbox[] = []
  readonly #flush = (): void => {
    const turn = this.#pending
    this.#pending = this.#spare
    for (const outbox of turn) outbox.flush()
    Chain.forgetBeginning()
    turn.length = 0
    this.#spare = turn
  }

  add(outbox: Outbox): void {
    if (this.#pending.length === 0) setImmediate(this.#flush)
    this.#pending.push(outbox)
  }
}
