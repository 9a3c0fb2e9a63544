import type { WebSocket, WebSocketBehavior } from 'uWebSockets.js'
import type { TransferFormat } from '@signalbox/abstractions'
import { ConnectionError, type HostSocket, type HostSocketHandler } from '@signalbox/connections'

/**
 * What uWebSockets.js copies onto its own socket object at the upgrade; read there, it costs half of what `getUserData`
 * does.
 */
export interface SocketData {
  readonly owner: UwsSocket
}
type NativeSocket = WebSocket<SocketData> & SocketData

/** What `send` answers when the bytes were taken and none had to wait. */
const sent = 1

/** What uWebSockets.js reports when there was no close frame, or none it accepts. */
const abnormalClosure = 1006
/** Its reason for a close frame with a code it does not know, 3000 to 3999 among them: a goodbye all the same. */
const oddGoodbye = 'Received invalid close payload'
/** Its reasons for ending a socket whose peer broke the rules of frames; the rest are ways to be lost. */
const framingErrors = new Set([
  'Received invalid WebSocket frame',
  'Received invalid UTF-8',
  'Received too big message',
])

/**
 * Answers to pings that may wait for a peer that does not read. uWebSockets.js answers by itself, cannot be kept from
 * it, and would pile up the answers without a bound.
 */
const mostPongBytes = 65_536
/** Of a frame's head; the masks of clients do not come back. */
const pongHeadBytes = 2

/** One WebSocket. */
export class UwsSocket implements HostSocket {
  /** A few that are open, for who needs any; to know them all would cost every socket. */
  static readonly #someOpen = new Set<NativeSocket>()

  /** @returns false when no open socket is known, and nothing has been run. */
  static corkAnyOpen(run: () => void): boolean {
    const [socket] = UwsSocket.#someOpen
    socket?.cork(run)
    return socket !== undefined
  }

  readonly handler: HostSocketHandler
  #socket: NativeSocket | undefined
  /** Answered while something waited for the peer. */
  #pongBytes = 0
  #error: Error | undefined

  constructor(handler: HostSocketHandler) {
    this.handler = handler
  }

  get bufferedBytes(): number {
    return this.#socket === undefined ? 0 : this.#socket.getBufferedAmount()
  }

  send(bytes: Uint8Array, format: TransferFormat): boolean {
    if (this.#socket === undefined) return true
    // A whole ArrayBuffer is handed over at less cost than a view of a part.
    const isWhole = bytes.byteLength === bytes.buffer.byteLength
    return this.#socket.send(isWhole ? (bytes.buffer as ArrayBuffer) : bytes, format === 'Binary') === sent
  }

  sendText(text: string): boolean {
    return this.#socket === undefined || this.#socket.send(text, false) === sent
  }

  close(code: number): void {
    this.#socket?.end(code)
  }

  terminate(): void {
    this.#socket?.close()
  }

  onOpen(socket: NativeSocket): void {
    this.#socket = socket
    if (UwsSocket.#someOpen.size < 16) UwsSocket.#someOpen.add(socket)
    this.handler.onOpen(this)
  }

  onPing(length: number): void {
    const socket = this.#socket
    if (socket === undefined) return
    if (socket.getBufferedAmount() === 0) this.#pongBytes = 0
    else this.#pongBytes += pongHeadBytes + length
    if (this.#pongBytes <= mostPongBytes) return
    this.#error = new ConnectionError('SIGNALR_BAD_FRAME', 'The client sends pings and does not take the answers.')
    socket.close()
  }

  onClose(code: number, reason: ArrayBuffer): void {
    if (this.#socket === undefined) return
    UwsSocket.#someOpen.delete(this.#socket)
    this.#socket = undefined // it may not be touched from here on
    const text = code === abnormalClosure ? Buffer.from(reason).toString('latin1') : ''
    const isGraceful = code !== abnormalClosure || text === oddGoodbye
    const error = framingErrors.has(text) ? new ConnectionError('SIGNALR_BAD_FRAME', text) : this.#error
    this.handler.onClose(isGraceful, error)
  }
}

/** The handlers every socket shares. @param maxPayloadLength - bytes of one message, fragments joined. */
export const socketBehavior = (maxPayloadLength: number): WebSocketBehavior<SocketData> => ({
  maxPayloadLength,
  // The outbox counts what is pending and cuts slow clients; nothing may be dropped below it.
  maxBackpressure: 0,
  // Life signs are the hub's business: pings of the hub protocol and the client time-out.
  idleTimeout: 0,
  sendPingsAutomatically: false,
  open: socket => (socket as NativeSocket).owner.onOpen(socket as NativeSocket),
  message: (socket, message) => (socket as NativeSocket).owner.handler.onMessage(Buffer.from(message)),
  ping: (socket, message) => (socket as NativeSocket).owner.onPing(message.byteLength),
  drain: socket => (socket as NativeSocket).owner.handler.onDrain(),
  close: (socket, code, reason) => (socket as NativeSocket).owner.onClose(code, reason),
})
