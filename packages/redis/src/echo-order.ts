import { DeadlineQueue } from './deadline-queue.js'

/** A message of this node that Redis will hand back to it. */
interface Echo {
  readonly channel: string
  readonly payload: Buffer
  /** What was to be written after it. */
  readonly afterwards: (() => void)[]
}

/** How long a write may wait for what was sent before it. Longer, and Redis does not answer: to go on matters more than order then. */
const patienceMs = 500

/**
 * What is sent to many takes the way through Redis, what is sent to a connection of this node does not need to. Were it written at once, it would
 * overtake. So it waits until everything that was published before has come back.
 *
 * Payloads name no sender; an echo is known by its bytes. When another node has published the very same bytes, it makes no difference which of
 * the two is taken for the echo.
 */
export class EchoOrder {
  /** In the order of publishing, in which they come back. */
  readonly #echoes = new DeadlineQueue<Echo>(patienceMs, echo => release(echo))

  /** Just before a message is published on a channel this node listens to. @returns what to call when it will not come back. */
  expect(channel: string, payload: Buffer): () => void {
    const echo: Echo = { channel, payload, afterwards: [] }
    this.#echoes.add(echo)
    return () => {
      if (this.#echoes.delete(echo)) this.#pass(echo)
    }
  }

  /** After a message has been delivered here, whoever sent it. */
  onDelivered(channel: string, payload: Buffer): void {
    for (const echo of this.#echoes.items) {
      if (echo.channel !== channel || !echo.payload.equals(payload)) return
      this.#echoes.delete(echo)
      release(echo)
      return
    }
  }

  /** @returns undefined when it has been written, else a promise for when it is. */
  write(write: () => void): Promise<void> | undefined {
    if (this.#echoes.size === 0) {
      write()
      return undefined
    }
    const last = [...this.#echoes.items].at(-1)!
    return new Promise(resolve => {
      last.afterwards.push(() => {
        write()
        resolve()
      })
    })
  }

  /** Redis is lost, and with it all that was to come back. */
  clear(): void {
    for (const echo of this.#echoes.clear()) release(echo)
  }

  /** What waits for one that will not come waits for the one before it, or for nothing. */
  #pass(echo: Echo): void {
    release(echo)
  }
}

function release(echo: Echo): void {
  for (const write of echo.afterwards) write()
}
