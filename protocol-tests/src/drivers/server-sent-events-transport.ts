import { EventSource } from 'eventsource'
import { Inbox } from './inbox.js'
import { type Transport, TransportEnd } from './transport.js'

/** Events in by an EventSource, as in a browser; bytes out by POST. */
export class ServerSentEventsTransport implements Transport {
  readonly name = 'ServerSentEvents'
  readonly normalEnd = 'the end of the event stream'
  readonly received = new Inbox<Buffer>()
  readonly ended: Promise<string>
  readonly #source: EventSource
  readonly #post: (payload: string | Uint8Array) => Promise<void>

  static open(
    url: string,
    headers: Readonly<Record<string, string>>,
    post: (payload: string | Uint8Array) => Promise<void>,
  ): Promise<ServerSentEventsTransport> {
    const source = new EventSource(url, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
    })
    const transport = new ServerSentEventsTransport(source, post)
    return new Promise((resolve, reject) => {
      source.addEventListener('open', () => resolve(transport))
      source.addEventListener('error', event => {
        source.close()
        reject(new Error(`EventSource failed: ${event.code ?? ''} ${event.message ?? ''}`))
      })
    })
  }

  private constructor(source: EventSource, post: (payload: string | Uint8Array) => Promise<void>) {
    const end = new TransportEnd(this.received)
    this.ended = end.promise
    this.#source = source
    this.#post = post
    source.addEventListener('message', event => this.received.push(Buffer.from(event.data as string)))
    // An EventSource would connect anew; the official client stops at the first error, and so does this one.
    source.addEventListener('error', event => {
      source.close()
      const isPlainEnd = event.message === undefined || event.message === ''
      end.settle(isPlainEnd ? this.normalEnd : `an event stream error: ${event.message}`)
    })
  }

  send(payload: string | Uint8Array): Promise<void> {
    return this.#post(payload)
  }

  async close(): Promise<void> {
    this.#source.close()
  }

  dispose(): void {
    this.#source.close()
  }
}
