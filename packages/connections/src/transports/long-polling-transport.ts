import type { ClaimsPrincipal } from '@signalbox/abstractions'
import type { HttpExchange, HttpResponse } from '../host/host-port.js'
import { applicationFailed, noContent, received, withoutCaching } from '../http/http-responses.js'
import type { HttpConnection } from '../life/http-connection.js'
import type { Chain } from '../outbox/chain.js'
import type { ConnectionTransport } from './connection-transport.js'

const data = (body: Uint8Array | undefined): HttpResponse =>
  withoutCaching({
    status: 200,
    headers: { 'Content-Type': 'application/octet-stream' },
    ...(body === undefined ? undefined : { body }),
  })

const ended = withoutCaching(noContent)
const failed = withoutCaching(applicationFailed)
const timedOut = withoutCaching(received)

/** Polls down, POSTs up: at most one poll waits. @source LongPollingServerTransport.cs, HttpConnectionDispatcher.cs */
export class LongPollingTransport implements ConnectionTransport {
  /** An answer takes everything, so there is never anything buffered to ask for. */
  readonly bufferedBytes = 0
  readonly #connection: HttpConnection
  readonly #pollTimeoutMs: number
  #poll: HttpExchange | undefined
  #pollAge: number | undefined
  #isTerminated = false
  #isDeleted = false
  #failure: unknown

  constructor(connection: HttpConnection) {
    this.#connection = connection
    this.#pollTimeoutMs = connection.endpoint.options.longPollingPollTimeoutMs
  }

  get type(): 'LongPolling' {
    return 'LongPolling'
  }

  get canHoldBack(): boolean {
    return true
  }

  /** The first poll: answered at once and empty, whatever waits already. */
  open(exchange: HttpExchange, user: ClaimsPrincipal): void {
    const { life } = this.#connection
    life.onTransportOpened(this, exchange.request, user)
    life.onPollAnswered()
    exchange.respond(data(undefined))
  }

  /** A newer poll takes the place of one that waits. */
  poll(exchange: HttpExchange): void {
    this.#answer(ended)
    if (this.#failure !== undefined) {
      exchange.respond(failed)
      this.#connection.life.onPollAnswered()
      return
    }
    this.#poll = exchange
    this.#pollAge = undefined
    exchange.onAborted(() => {
      if (this.#poll === exchange) this.#release()
    })
    this.#connection.life.onPoll(this)
    if (this.#connection.application.hasEnded) this.#end()
  }

  /** DELETE: the peer says goodbye. A poll that waits gets the hub's Close message. */
  terminate(): void {
    this.#isTerminated = true
    this.#isDeleted = true
    const { application, life } = this.#connection
    life.onTransportClosing()
    if (application.hasEnded) this.#end()
    else application.endInput(undefined, true)
  }

  write(chain: Chain): boolean {
    this.#answer(data(chain.bytes))
    return true
  }

  finish(error: unknown): void {
    this.#failure = error
    if (this.#connection.life.isDisposed) this.#isTerminated = true
    if (error !== undefined && this.#poll !== undefined) this.#answer(failed)
    else if (this.#poll !== undefined || this.#isTerminated) this.#end()
    // else the next poll takes what is left, and the one after it learns of the end
  }

  abort(): void {
    this.#isTerminated = true
    this.#answer(ended)
  }

  /** @param now - also the clock of the poll's age, which starts at the first heartbeat that sees it. */
  onHeartbeat(now: number): void {
    if (this.#poll === undefined) return
    this.#pollAge ??= now
    if (now - this.#pollAge >= this.#pollTimeoutMs) this.#answer(timedOut)
  }

  /** The application has ended: last bytes by 200, or the end by 204. */
  #end(): void {
    this.#connection.outbox.flushFinally()
    const deliveredLastBytes = this.#poll === undefined && !this.#isTerminated
    this.#answer(ended)
    if (deliveredLastBytes) return
    if (this.#isDeleted) this.#connection.life.removeSoon()
    else this.#connection.life.remove()
  }

  #answer(response: HttpResponse): void {
    const poll = this.#poll
    if (poll === undefined) return
    this.#release()
    poll.respond(response)
  }

  #release(): void {
    this.#poll = undefined
    this.#connection.life.onPollAnswered()
  }
}
