import type { ServerResponse } from 'node:http'
import type { HostStream, HostStreamHandler } from '@signalbox/connections'

/** The open body of an answer. */
export class NodeStream implements HostStream {
  readonly #response: ServerResponse
  readonly #handler: HostStreamHandler
  readonly #onEnd: () => void
  #isOver = false

  /** @param onEnd - called when the answer is complete, before its last bytes are. */
  constructor(response: ServerResponse, handler: HostStreamHandler, onEnd: () => void) {
    this.#response = response
    this.#handler = handler
    this.#onEnd = onEnd
    response.on('drain', () => {
      if (!this.#isOver) handler.onDrain()
    })
  }

  write(bytes: Uint8Array): boolean {
    const response = this.#response
    if (this.#isOver || bytes.length === 0) return true
    const { socket } = response
    socket?.cork() // a chunk's size and its data in one write, and now: Node would wait for the end of the turn
    response.write(bytes)
    socket?.uncork()
    // Node counts what it took as pending and asks for a pause even if the system has taken all of it at once.
    return response.writableLength === 0 || !response.writableNeedDrain
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onEnd()
    this.#response.end()
  }

  terminate(): void {
    if (!this.#isOver) this.#response.destroy()
  }

  /** The peer went away. */
  abort(): void {
    this.#isOver = true
    this.#handler.onAborted()
  }
}
