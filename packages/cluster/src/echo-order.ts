import { DeadlineQueue } from './deadline-queue.js'

/** A message of this node that the bus will hand back to it. */
interface Echo {
  readonly channel: string
  readonly payload: Buffer
  /** What was to be written after it. */
  readonly afterwards: (() => void)[]
}

/**
 * How long a write may wait for what was sent before it. A bus that takes longer has a fault: to go on matters more
 * than order then.
 */
const patienceMs = 500

/**
 * What is sent to many goes by the bus, what is sent to a connection of this node does not need to. If it were written
 * at once, it would overtake. So it waits until everything that was published before has come back.
 *
 * Payloads name no sender; an echo is known by its bytes. When another node has published the very same bytes, it makes
 * no difference which of the two is taken for the echo.
 */
export class EchoOrder {
  /** In the order of publishing, in which they come back. */
  readonly #echoes = new DeadlineQueue<Echo>(patienceMs, release)
  #last: Echo | undefined

  /**
   * To be called just before a message is published on a channel this node listens to.
   * @returns what to call when it will not come back, with what is to be written in its place, if anything.
   */
  expect(channel: string, payload: Buffer): (instead?: () => void) => void {
    const echo: Echo = { channel, payload, afterwards: [] }
    this.#echoes.add(echo)
    this.#last = echo
    return instead => this.#forget(echo, instead)
  }

  /** To be called after a message has been delivered here, whichever node sent it. */
  onDelivered(channel: string, payload: Buffer): void {
    const [echo] = this.#echoes.items
    if (echo === undefined || echo.channel !== channel || !echo.payload.equals(payload)) return
    this.#echoes.delete(echo)
    release(echo)
  }

  /** @returns undefined when it has been written, else a promise for when it is. */
  write(write: () => void): Promise<void> | undefined {
    if (this.#echoes.size === 0) {
      write()
      return undefined
    }
    return new Promise(resolve => {
      this.#last!.afterwards.push(() => {
        write()
        resolve()
      })
    })
  }

  /** The bus is lost, and with it all that was to come back. */
  clear(): void {
    for (const echo of this.#echoes.clear()) release(echo)
  }

  /** What waits for this echo waits for the one before it from now on, or for nothing. */
  #forget(echo: Echo, instead: (() => void) | undefined): void {
    let previous: Echo | undefined
    for (const earlier of this.#echoes.items) {
      if (earlier === echo) break
      previous = earlier
    }
    if (!this.#echoes.delete(echo)) {
      instead?.()
      return
    }
    if (instead !== undefined) echo.afterwards.unshift(instead)
    if (this.#last === echo) this.#last = previous
    if (previous === undefined) release(echo)
    else previous.afterwards.push(...echo.afterwards)
  }
}

function release(echo: Echo): void {
  for (const write of echo.afterwards) write()
}
