import type { ClaimsPrincipal } from '@signalbox/abstractions'
import type { HostStream, HostStreamHandler, HttpExchange } from '../host/host-port.js'
import type { HttpConnection } from '../life/http-connection.js'
import type { Chain } from '../outbox/chain.js'
import type { ConnectionTransport } from './connection-transport.js'
import { eventStreamFiller, eventStreamPrologue, writeEvent } from './event-stream.js'

/**
 * `Cache-Control` has no blank here, unlike long polling; identity keeps proxies from compressing, which would buffer.
 */
const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache,no-store',
  'Content-Encoding': 'identity',
  Pragma: 'no-cache',
}

/**
 * A stream of events down, POSTs up. The stream's end is the connection's end.
 * @source ServerSentEventsServerTransport.cs
 */
export class ServerSentEventsTransport implements ConnectionTransport, HostStreamHandler {
  readonly #connection: HttpConnection
  #stream: HostStream | undefined
  bufferedBytes = 0

  constructor(connection: HttpConnection) {
    this.#connection = connection
  }

  get type(): 'ServerSentEvents' {
    return 'ServerSentEvents'
  }

  get canHoldBack(): boolean {
    return true
  }

  open(exchange: HttpExchange, user: ClaimsPrincipal): void {
    this.#stream = exchange.stream({ status: 200, headers, body: eventStreamPrologue }, this, eventStreamFiller)
    this.#connection.life.onTransportOpened(this, exchange.request, user)
  }

  onDrain(): void {
    this.bufferedBytes = 0
    this.#connection.outbox.resume()
  }

  onAborted(): void {
    this.#stream = undefined
    this.#connection.life.onTransportClosed(this, false, undefined)
  }

  write(chain: Chain): boolean {
    const event = chain.encodedBy(writeEvent)
    if (this.#stream === undefined || this.#stream.write(event)) return true
    this.bufferedBytes += event.length
    return false
  }

  finish(): void {
    this.#connection.outbox.flushFinally()
    this.#stream?.end()
    this.#stream = undefined
    this.#connection.life.remove()
  }

  abort(): void {
    const stream = this.#stream
    this.#stream = undefined
    stream?.terminate()
  }
}
