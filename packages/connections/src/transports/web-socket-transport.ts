import type { ClaimsPrincipal, HttpRequest, StatefulReconnectFeature } from '@signalbox/abstractions'
import type { HostSocket, HostSocketHandler } from '../host/host-port.js'
import type { HttpConnection } from '../life/http-connection.js'
import type { Chain } from '../outbox/chain.js'
import { encodeUtf8 } from '../outbox/encode-utf8.js'
import type { OutboxSink } from '../outbox/outbox.js'
import { ConnectionTransport } from './connection-transport.js'

const normalClosure = 1000
const goingAway = 1001
const internalError = 1011

/** One WebSocket per connection; what is pending goes out as one frame. @source WebSocketsServerTransport.cs */
export class WebSocketTransport extends ConnectionTransport implements HostSocketHandler, OutboxSink {
  readonly #connection: HttpConnection
  #socket: HostSocket | undefined
  #isHeldBack = false

  constructor(connection: HttpConnection, httpRequest: HttpRequest, user: ClaimsPrincipal) {
    super(httpRequest, user)
    this.#connection = connection
  }

  get transport(): 'WebSockets' {
    return 'WebSockets'
  }

  override get statefulReconnect(): StatefulReconnectFeature | undefined {
    return this.#connection.statefulReconnect
  }

  override get canHoldBack(): boolean {
    return this.#socket?.pause !== undefined && this.#connection.endpoint.options.applicationMaxBufferSizeBytes > 0
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0
  }

  onOpen(socket: HostSocket): void {
    this.#socket = socket
    if (this.#connection.transport !== undefined) {
      this.#connection.resumeOn(this)
      return
    }
    this.#connection.outbox.attach(this)
    this.#connection.start(this)
  }

  onMessage(bytes: Uint8Array): void {
    this.#connection.receive(bytes)
    if (!this.#connection.hasRoom) this.#holdBack()
  }

  onDrain(): void {
    this.#connection.outbox.resume()
  }

  onClose(graceful: boolean, error: Error | undefined): void {
    const connection = this.#connection
    this.#socket = undefined
    if (connection.transport !== undefined && connection.transport !== this) return // another socket has taken over
    if (!graceful && error === undefined && !connection.hasApplicationEnded && connection.tryPark()) return
    connection.status = 'disposed'
    connection.outbox.close()
    connection.endInput(error, graceful)
    if (connection.hasApplicationEnded) connection.remove()
  }

  write(chain: Chain): boolean {
    return this.#socket === undefined || this.#socket.send(chain.bytes, this.activeFormat)
  }

  writeText(text: string): boolean {
    const socket = this.#socket
    if (socket === undefined) return true
    if (socket.sendText !== undefined && this.activeFormat === 'Text') return socket.sendText(text)
    return socket.send(encodeUtf8(text), this.activeFormat)
  }

  finish(error: unknown): void {
    if (this.#socket === undefined) {
      this.#connection.remove()
      return
    }
    this.#connection.status = 'disposed'
    this.#connection.outbox.flushFinally()
    if (error !== undefined) this.#socket.close(internalError)
    else this.#socket.close(this.#connection.isServerShuttingDown ? goingAway : normalClosure)
  }

  abort(): void {
    this.#socket?.terminate()
  }

  /** Stops reading until the application has read down to half, on hosts that can. @source PipeOptions.PauseWriterThreshold */
  #holdBack(): void {
    const socket = this.#socket
    if (socket?.pause === undefined || this.#isHeldBack) return
    this.#isHeldBack = true
    socket.pause()
    this.#connection.whenRoom(() => {
      this.#isHeldBack = false
      socket.resume?.()
    })
  }
}
