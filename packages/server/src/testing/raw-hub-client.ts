import { handshakeHeaders, opcodes, RawConnection, RawWebSocket, readHead, writeRequest } from '@signalbox/conformance'
import { handshake } from './json-handshake.js'

/** A message as it stands in JSON. */
export type RawMessage = Readonly<Record<string, unknown>>

/** A client of a hub by hand: JSON over a WebSocket without negotiation. */
export class RawHubClient {
  readonly #socket: RawWebSocket
  readonly #messages: RawMessage[] = []
  #lastId = 0

  private constructor(socket: RawWebSocket) {
    this.#socket = socket
  }

  /**
   * @returns what the handshake is answered with: a client that may go on when there is no error in it; or the HTTP
   * status, where that is not 101.
   */
  static async open(
    port: number,
    headers: Readonly<Record<string, string>> = {},
    path = '/hub',
  ): Promise<{ readonly status: number; readonly answer?: RawMessage; readonly client?: RawHubClient }> {
    const connection = await RawConnection.open(port)
    writeRequest(connection, { path, headers: { ...handshakeHeaders, ...headers } })
    const head = await readHead(connection)
    if (head.status !== 101) {
      connection.vanish()
      return { status: head.status }
    }
    const client = new RawHubClient(new RawWebSocket(connection, head))
    client.#socket.sendText(handshake)
    return { status: 101, answer: await client.read(), client }
  }

  /** @returns the completion, or the Close that came instead. */
  async invoke(target: string, ...args: readonly unknown[]): Promise<RawMessage> {
    const invocationId = String(++this.#lastId)
    this.#socket.sendText(`${JSON.stringify({ type: 1, invocationId, target, arguments: args })}\x1e`)
    for (;;) {
      const message = await this.read()
      if (message['type'] === 7 || message['invocationId'] === invocationId) return message
    }
  }

  /** The next message; a close frame is `{ closed: 1000 }`. */
  async read(): Promise<RawMessage> {
    while (this.#messages.length === 0) {
      const { opcode, payload } = await this.#socket.readFrame()
      if (opcode === opcodes.close) return { closed: payload.length < 2 ? undefined : payload.readUInt16BE() }
      for (const text of payload.toString().split('\x1e')) if (text !== '') this.#messages.push(JSON.parse(text))
    }
    return this.#messages.shift()!
  }

  /** Goes away without a goodbye. */
  vanish(): void {
    this.#socket.connection.vanish()
  }
}
