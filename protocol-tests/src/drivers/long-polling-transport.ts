import type { HttpExchange } from './http-exchange.js'
import { Inbox } from './inbox.js'
import { type Transport, TransportEnd } from './transport.js'

/** The requests of one long-polling connection, with its id and credentials in place. */
export interface LongPollingRequests {
  poll(): HttpExchange
  post(payload: string | Uint8Array): Promise<void>
  delete(): HttpExchange
}

/** One poll after the other until the server says 204; bytes out by POST. */
export class LongPollingTransport implements Transport {
  readonly name = 'LongPolling'
  readonly normalEnd = 'a poll answered 204'
  readonly received = new Inbox<Buffer>()
  readonly ended: Promise<string>
  readonly #requests: LongPollingRequests
  readonly #end: TransportEnd
  #poll: HttpExchange | undefined
  #isStopped = false

  /** The first poll is answered at once and empty: it starts the connection. */
  static async open(requests: LongPollingRequests): Promise<LongPollingTransport> {
    const first = await requests.poll().answer
    if (first.status !== 200) throw new Error(`The first poll was answered ${first.status} ${first.body}`)
    return new LongPollingTransport(requests)
  }

  private constructor(requests: LongPollingRequests) {
    this.#end = new TransportEnd(this.received)
    this.ended = this.#end.promise
    this.#requests = requests
    this.#pollOn().catch(error => {
      if (!this.#isStopped) this.#end.settle(`a failed poll: ${error}`)
    })
  }

  async #pollOn(): Promise<void> {
    while (!this.#isStopped) {
      this.#poll = this.#requests.poll()
      const { status, bytes } = await this.#poll.answer
      if (status !== 200) {
        this.#end.settle(`a poll answered ${status}`)
        return
      }
      if (bytes.length > 0) this.received.push(bytes)
    }
  }

  send(payload: string | Uint8Array): Promise<void> {
    return this.#requests.post(payload)
  }

  /** As the official client stops: no poll any more, then DELETE. */
  async close(): Promise<void> {
    this.dispose()
    await this.#requests.delete().answer
  }

  dispose(): void {
    this.#isStopped = true
    this.#poll?.abort()
  }
}
