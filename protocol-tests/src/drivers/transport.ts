import type { Inbox } from './inbox.js'

export type TransportName = 'WebSockets' | 'ServerSentEvents' | 'LongPolling'

export const allTransports: readonly TransportName[] = ['WebSockets', 'ServerSentEvents', 'LongPolling']

/** Bytes to and from the server, over whatever carries them. */
export interface Transport {
  readonly name: TransportName
  /** What came from the server, as it was cut on the wire: a frame, an event, the body of a poll. */
  readonly received: Inbox<Buffer>
  /** How it ended, once it has: `normalEnd` when the server ended it in good order. */
  readonly ended: Promise<string>
  readonly normalEnd: string
  send(payload: string | Uint8Array): Promise<void>
  /** Leaves as a client of this transport does when it stops. */
  close(): Promise<void>
  /** Lets go of sockets; for the end of a check. */
  dispose(): void
}

/** Settles `ended` once, and tells whoever waits for more bytes. */
export class TransportEnd {
  readonly promise: Promise<string>
  readonly #resolve: (how: string) => void
  readonly #received: Inbox<Buffer>

  constructor(received: Inbox<Buffer>) {
    let resolvePromise: (how: string) => void = () => {}
    this.promise = new Promise(resolve => {
      resolvePromise = resolve
    })
    this.#resolve = resolvePromise
    this.#received = received
  }

  settle(how: string): void {
    this.#received.end(`the connection ended with ${how}`)
    this.#resolve(how)
  }
}
