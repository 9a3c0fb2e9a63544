import type { ClaimsPrincipal, HttpRequest } from '@signalbox/abstractions'
import type { HostSocket, HostSocketHandler } from '../host/host-port.js'
import type { HttpConnection } from '../life/http-connection.js'
import type { Chain } from '../outbox/chain.js'
import { encodeUtf8 } from '../outbox/encode-utf8.js'
import type { ConnectionTransport } from './connection-transport.js'

const normalClosure = 1000
const goingAway = 1001
const internalError = 1011

/** One WebSocket per connection; what is pending goes out as one frame. @source WebSocketsServerTransport.cs */
export class WebSocketTransport implements ConnectionTransport, HostSocketHandler {
  readonly #connection: HttpConnection
  /** Until it is open. */
  #handshake: { readonly request: HttpRequest; readonly user: ClaimsPrincipal } | undefined
  #socket: HostSocket | undefined
  #isHeldBack = false

  constructor(connection: HttpConnection, request: HttpRequest, user: ClaimsPrincipal) {
    this.#connection = connection
    this.#handshake = { request, user }
  }

  get type(): 'WebSockets' {
    return 'WebSockets'
  }

  get canHoldBack(): boolean {
    return this.#socket?.pause !== undefined
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0
  }

  onOpen(socket: HostSocket): void {
    this.#socket = socket
    const { request, user } = this.#handshake!
    this.#handshake = undefined
    this.#connection.life.onTransportOpened(this, request, user)
  }

  onMessage(bytes: Uint8Array): void {
    const { application } = this.#connection
    application.receive(bytes)
    if (!application.hasRoom) this.#holdBack()
  }

  onDrain(): void {
    this.#connection.outbox.resume()
  }

  onClose(graceful: boolean, error: Error | undefined): void {
    this.#socket = undefined
    this.#connection.life.onTransportClosed(this, graceful, error)
  }

  write(chain: Chain): boolean {
    return this.#socket === undefined || this.#socket.send(chain.bytes, this.#connection.features.activeFormat)
  }

  writeText(text: string): boolean {
    const socket = this.#socket
    if (socket === undefined) return true
    const { activeFormat } = this.#connection.features
    if (socket.sendText !== undefined && activeFormat === 'Text') return socket.sendText(text)
    return socket.send(encodeUtf8(text), activeFormat)
  }

  finish(error: unknown): void {
    const { life, outbox } = this.#connection
    if (this.#socket === undefined) return life.remove()
    life.onTransportClosing()
    outbox.flushFinally()
    if (error !== undefined) this.#socket.close(internalError)
    else this.#socket.close(this.#connection.isServerShuttingDown ? goingAway : normalClosure)
  }

  abort(): void {
    this.#socket?.terminate()
  }

  /**
   * Stops reading until the application has read down to half, on hosts that can.
   * @source PipeOptions.PauseWriterThreshold
   */
  #holdBack(): void {
    const socket = this.#socket
    if (socket?.pause === undefined || this.#isHeldBack) return
    this.#isHeldBack = true
    socket.pause()
    this.#connection.application.whenRoom(() => {
      this.#isHeldBack = false
      socket.resume?.()
    })
  }
}
