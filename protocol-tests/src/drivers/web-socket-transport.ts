import { WebSocket } from 'ws'
import { Inbox } from './inbox.js'
import { type Transport, TransportEnd } from './transport.js'

export class WebSocketTransport implements Transport {
  readonly name = 'WebSockets'
  readonly normalEnd = 'WebSocket close 1000'
  readonly received = new Inbox<Buffer>()
  /** For each message received, whether its frame was a binary one. */
  readonly receivedBinary: boolean[] = []
  readonly ended: Promise<string>
  readonly #socket: WebSocket

  static open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<WebSocketTransport> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, perMessageDeflate: false })
    const transport = new WebSocketTransport(socket)
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(transport))
      socket.on('error', reject)
    })
  }

  private constructor(socket: WebSocket) {
    const end = new TransportEnd(this.received)
    this.ended = end.promise
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      this.receivedBinary.push(isBinary)
      this.received.push(data as Buffer)
    })
    socket.on('close', (code, reason) => {
      end.settle(`WebSocket close ${code}${reason.length > 0 ? ` ${reason}` : ''}`)
    })
  }

  /** A string goes out as a text frame, bytes as a binary one. */
  send(payload: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(payload, error => (error ? reject(error) : resolve()))
    })
  }

  async close(code?: number): Promise<void> {
    this.#socket.close(code)
    await this.ended
  }

  /** The network goes away: no close frame. */
  dispose(): void {
    this.#socket.terminate()
  }
}
