import type { Socket } from 'node:net'
import type { TransferFormat } from '@signalbox/abstractions'
import { ConnectionError, type HostSocket, type HostSocketHandler, type MessageLimit } from '@signalbox/connections'
import { type FrameHandler, FrameReader } from './frame-reader.js'
import { opcodes, writeCloseFrame, writeFrame, writeMessageFrame } from './frame-writer.js'

const normalClosure = 1000

export interface NodeSocketOptions {
  readonly messageLimit: MessageLimit
  /** How long the peer may take to end its side. */
  readonly closeTimeoutMs: number
}

/**
 * One WebSocket. It ends as with Kestrel: any close frame of the peer is answered with 1000 and no reason.
 */
export class NodeSocket implements HostSocket, FrameHandler {
  readonly #socket: Socket
  readonly #handler: HostSocketHandler
  readonly #onData: (bytes: Buffer) => void
  /** `closing`: our close frame is out. `over`: the handler knows of the end; the TCP connection may still be there. */
  #state: 'open' | 'closing' | 'over' = 'open'
  readonly #closeTimeoutMs: number
  #closeTimer: NodeJS.Timeout | undefined

  constructor(socket: Socket, handler: HostSocketHandler, options: NodeSocketOptions) {
    this.#socket = socket
    this.#handler = handler
    const reader = new FrameReader(this, options.messageLimit.bytes)
    this.#onData = reader.read.bind(reader)
    this.#closeTimeoutMs = options.closeTimeoutMs
  }

  get bufferedBytes(): number {
    return this.#state === 'over' ? 0 : this.#socket.writableLength
  }

  /** Tells the handler, then begins to read. */
  open(): void {
    const socket = this.#socket
    socket.on('drain', () => {
      if (this.#state !== 'over') this.#handler.onDrain()
    })
    socket.once('end', () => this.terminate())
    socket.once('close', () => this.#onSocketClose())
    this.#handler.onOpen(this)
    socket.on('data', this.#onData)
  }

  send(bytes: Uint8Array, format: TransferFormat): boolean {
    if (this.#state !== 'open') return true
    const socket = this.#socket
    socket.write(writeMessageFrame(format === 'Binary' ? opcodes.binary : opcodes.text, bytes))
    // Node asks for a pause above its mark even if the system has taken everything at once.
    return !socket.writableNeedDrain || socket.writableLength === 0
  }

  close(code: number): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#socket.write(writeCloseFrame(code))
    this.#awaitEnd()
  }

  terminate(): void {
    if (this.#state === 'over') return
    this.#socket.destroy()
    this.#finish(false, undefined)
  }

  pause(): void {
    if (this.#state === 'open') this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  // From the reader

  onMessage(payload: Buffer): void {
    if (this.#state === 'open') this.#handler.onMessage(payload)
  }

  onPing(payload: Buffer): void {
    // A peer that pings and does not read gets no pile of answers.
    if (this.#state === 'open' && !this.#socket.writableNeedDrain) this.#socket.write(writeFrame(opcodes.pong, payload))
  }

  onPeerClose(): void {
    if (this.#state === 'over') return
    if (this.#state === 'open') this.#socket.write(writeCloseFrame(normalClosure))
    this.#socket.end()
    this.#awaitEnd()
    this.#finish(true, undefined)
  }

  onBadFrame(reason: string, closeCode: number | undefined): void {
    if (this.#state === 'over') return
    this.#socket.off('data', this.#onData)
    if (closeCode === undefined || this.#state === 'closing') this.#socket.destroy()
    else {
      this.#socket.end(writeCloseFrame(closeCode))
      this.#awaitEnd()
    }
    this.#finish(false, new ConnectionError('SIGNALR_BAD_FRAME', reason))
  }

  // The end

  /** Reads on, even if it was paused: the peer's close frame or its end is still to come. */
  #awaitEnd(): void {
    this.#socket.resume()
    this.#closeTimer ??= setTimeout(() => this.#socket.destroy(), this.#closeTimeoutMs).unref()
  }

  #onSocketClose(): void {
    clearTimeout(this.#closeTimer)
    this.#finish(false, undefined)
  }

  #finish(graceful: boolean, error: Error | undefined): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#handler.onClose(graceful, error)
  }
}
