import { EventEmitter, once } from 'node:events'
import { within } from '../clients/deadline.js'

/** `Ask` with this number fails with the error `unlucky`. */
export const unlucky = 13

/** `Ask` with this number is not answered: the client leaves. */
export const leaveNow = -1

/** A client on BenchHub of one server. To `Ask(n)` it answers 2n, but see `unlucky` and `leaveNow`. */
export abstract class ClusterClient {
  abstract readonly connectionId: string
  readonly #messages: string[] = []
  readonly #events = new EventEmitter()

  abstract invoke<T = unknown>(method: string, ...args: readonly unknown[]): Promise<T>

  abstract stop(): Promise<void>

  /** The text of the error that an invocation ends with. */
  async errorOf(method: string, ...args: readonly unknown[]): Promise<string> {
    const outcome = await this.invoke(method, ...args).then(
      result => new Error(`${method} succeeded with ${JSON.stringify(result)}`),
      (error: Error) => error.message,
    )
    if (outcome instanceof Error) throw outcome
    return outcome
  }

  /** Resolves when this text has arrived. */
  async hears(text: string): Promise<void> {
    while (!this.#messages.includes(text))
      await within(once(this.#events, 'message'), `'${text.slice(0, 40)}' to arrive`)
  }

  /**
   * What has arrived so far. A marker that it sends to itself shows that nothing is under way from its own server: a
   * connection is sent its messages in order.
   */
  async heard(): Promise<readonly string[]> {
    const marker = newText('marker')
    await this.invoke('SendConnection', this.connectionId, marker)
    await this.hears(marker)
    return this.#messages
  }

  protected receive(message: string): void {
    this.#messages.push(message)
    this.#events.emit('message')
  }
}

/** A text that nobody has sent before. */
let count = 0
export const newText = (what: string): string => `${what} ${++count}`
