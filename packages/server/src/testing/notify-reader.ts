import { RawWebSocket } from '@signalbox/conformance'
import { expect } from 'chai'
import { handshake, handshakeAnswer } from './json-handshake.js'

/**
 * A client on a real network that is sent `notify(0, text)`, `notify(1, text)` and so on, and fails on the first that
 * is not the next.
 */
export class NotifyReader {
  readonly #socket: RawWebSocket
  readonly #text: string
  #next = 0

  static async connect(port: number, path: string, text: string): Promise<NotifyReader> {
    const socket = await RawWebSocket.open(port, path)
    socket.sendText(handshake)
    expect(await socket.readText()).to.equal(handshakeAnswer)
    return new NotifyReader(socket, text)
  }

  private constructor(socket: RawWebSocket, text: string) {
    this.#socket = socket
    this.#text = text
  }

  /** It takes no byte from the network any more, until `resume`. */
  stall(): void {
    this.#socket.connection.stall()
  }

  resume(): void {
    this.#socket.connection.resume()
  }

  async readUpTo(count: number): Promise<void> {
    while (this.#next < count) {
      const { payload } = await this.#socket.readFrame()
      for (let offset = 0; offset < payload.length; ) {
        const record = `{"type":1,"target":"notify","arguments":[${this.#next++},"${this.#text}"]}\x1e`
        const message = Buffer.from(record, 'latin1')
        expect(payload.subarray(offset, offset + message.length).equals(message)).to.equal(true)
        offset += message.length
      }
    }
  }
}
