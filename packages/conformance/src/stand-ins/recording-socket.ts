import type { TransferFormat } from '@signalbox/abstractions'
import type { HostSocket } from '@signalbox/connections'

/** A WebSocket without a network: keeps each frame as the array that was handed over, and is as slow as a test says. */
export class RecordingSocket implements HostSocket {
  readonly frames: Uint8Array[] = []
  readonly formats: TransferFormat[] = []
  /** While it is slow it takes bytes and says false; they count as buffered. */
  isSlow = false
  bufferedBytes = 0
  /** Set by `close`. */
  closeCode: number | undefined
  isTerminated = false

  send(bytes: Uint8Array, format: TransferFormat): boolean {
    this.frames.push(bytes)
    this.formats.push(format)
    if (this.isSlow) this.bufferedBytes += bytes.length
    return !this.isSlow
  }

  close(code: number): void {
    this.closeCode = code
  }

  terminate(): void {
    this.isTerminated = true
  }

  /** The peer has taken everything; whoever sends is to be told. */
  drain(): void {
    this.isSlow = false
    this.bufferedBytes = 0
  }
}
