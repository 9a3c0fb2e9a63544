import type { HttpResponse as UwsResponse } from 'uWebSockets.js'
import type { HostStream, HostStreamHandler } from '@signalbox/connections'

/**
 * Bytes handed to uWebSockets.js at a time. It does not tell how much it holds for a slow peer, so it never gets more
 * than this; the rest waits here by reference.
 */
const sliceBytes = 65_536

/** The open body of an answer. */
export class UwsStream implements HostStream {
  readonly #out: UwsResponse
  readonly #handler: HostStreamHandler
  readonly #onEnd: () => void
  readonly #filler: Uint8Array | undefined
  #waiting: Uint8Array[] = []
  #isSlow = false
  #isEnding = false
  #isOver = false

  /**
   * @param filler - sent behind each write: uWebSockets.js ends a chunk only in front of the next one, so that clients
   * who read whole chunks would get everything one write late.
   */
  constructor(out: UwsResponse, handler: HostStreamHandler, onEnd: () => void, filler: Uint8Array | undefined) {
    this.#out = out
    this.#handler = handler
    this.#onEnd = onEnd
    this.#filler = filler
    out.onWritable(() => this.#onWritable())
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isOver || this.#isEnding) return true
    this.#waiting.push(bytes)
    this.#flush()
    return !this.#isSlow
  }

  end(): void {
    if (this.#isOver) return
    this.#isEnding = true
    if (this.#waiting.length > 0) return
    this.#isOver = true
    this.#onEnd()
    this.#out.cork(() => this.#out.end())
  }

  terminate(): void {
    if (!this.#isOver) this.#out.close()
  }

  /** The peer went away. */
  abort(): void {
    this.#isOver = true
    this.#waiting = []
    this.#handler.onAborted()
  }

  #onWritable(): boolean {
    // With this handler set, uWebSockets.js sends what it holds only with the next write, or when a cork is left.
    this.#out.cork(() => {})
    this.#isSlow = false
    this.#flush()
    if (this.#isSlow || this.#isOver) return true
    if (this.#isEnding) this.end()
    else this.#handler.onDrain()
    return true
  }

  #flush(): void {
    for (let bytes = this.#waiting[0]; bytes !== undefined && !this.#isSlow; bytes = this.#waiting[0]) {
      if (bytes.length <= sliceBytes) this.#waiting.shift()
      else this.#waiting[0] = bytes.subarray(sliceBytes)
      const slice = bytes.subarray(0, sliceBytes)
      const filler = this.#waiting.length === 0 ? this.#filler : undefined
      this.#out.cork(() => {
        this.#isSlow = !this.#out.write(slice)
        if (filler !== undefined) this.#isSlow = !this.#out.write(filler)
      })
    }
  }
}
