import type { ClaimsPrincipal } from '@signalbox/abstractions'
import type { HostStream, HostStreamHandler, HttpExchange } from '../host/host-port.js'
import type { HttpConnection } from '../life/http-connection.js'
import type { Chain } from '../outbox/chain.js'
import type { OutboxSink } from '../outbox/outbox.js'
import { ConnectionTransport } from './connection-transport.js'
import { eventStreamFiller, eventStreamPrologue, writeEvent } from './event-stream.js'

/** `Cache-Control` has no blank here, unlike long polling; identity keeps proxies from compressing, which would buffer. */
const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache,no-store',
  'Content-Encoding': 'identity',
  Pragma: 'no-cache',
}

/** A stream of events down, POSTs up. The stream's end is the connection's end. @source ServerSentEventsServerTransport.cs */
export class ServerSentEventsTransport extends ConnectionTransport implements HostStreamHandler, OutboxSink {
  readonly #connection: HttpConnection
  readonly #stream: HostStream
  #isOpen = true
  bufferedBytes = 0

  constructor(connection: HttpConnection, exchange: HttpExchange, user: ClaimsPrincipal) {
    super(exchange.request, user)
    this.#connection = connection
    this.#stream = exchange.stream({ status: 200, headers, body: eventStreamPrologue }, this, eventStreamFiller)
    connection.outbox.attach(this)
    connection.start(this)
  }

  get transport(): 'ServerSentEvents' {
    return 'ServerSentEvents'
  }

  onDrain(): void {
    this.bufferedBytes = 0
    this.#connection.outbox.resume()
  }

  onAborted(): void {
    const connection = this.#connection
    this.#isOpen = false
    connection.status = 'disposed'
    connection.outbox.close()
    connection.endInput(undefined, false)
    if (connection.hasApplicationEnded) connection.remove()
  }

  write(chain: Chain): boolean {
    const event = chain.encodedBy(writeEvent)
    if (this.#stream.write(event)) return true
    this.bufferedBytes += event.length
    return false
  }

  finish(): void {
    this.#connection.outbox.flushFinally()
    if (this.#isOpen) this.#stream.end()
    this.#isOpen = false
    this.#connection.remove()
  }

  abort(): void {
    if (this.#isOpen) this.#stream.terminate()
    this.#isOpen = false
  }
}
