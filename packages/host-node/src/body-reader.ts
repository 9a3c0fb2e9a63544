import type { IncomingMessage } from 'node:http'
import { ReceiveBuffer } from '@signalbox/abstractions'
import type { BodyResult } from '@signalbox/connections'
import type { BodyRates, IncomingBody } from './body-rates.js'

/** Collects the body of one request. */
export class BodyReader implements IncomingBody {
  readonly startedAtMs = performance.now()
  readonly #incoming: IncomingMessage
  readonly #rates: BodyRates
  readonly #limitBytes: number
  readonly #done: (result: BodyResult) => void
  readonly #admits: (bytes: number) => boolean
  readonly #bytes = new ReceiveBuffer()
  /** Of all that came, kept or not. */
  #length = 0
  #isTooLarge = false
  #isDone = false

  constructor(
    incoming: IncomingMessage,
    rates: BodyRates,
    limitBytes: number,
    done: (result: BodyResult) => void,
    admits: (bytes: number) => boolean = () => true,
  ) {
    this.#incoming = incoming
    this.#rates = rates
    this.#limitBytes = limitBytes
    this.#done = done
    this.#admits = admits
    rates.add(this)
    incoming.on('data', (chunk: Buffer) => this.#onData(chunk))
    incoming.once('end', () => this.#onEnd())
    incoming.once('close', () => this.#finish({ kind: 'aborted' }))
  }

  get length(): number {
    return this.#length
  }

  onStalled(): void {
    this.#finish({ kind: 'aborted' })
  }

  #onData(chunk: Buffer): void {
    this.#length += chunk.length
    this.#isTooLarge ||= this.#length > this.#limitBytes || !this.#admits(chunk.length)
    if (this.#isTooLarge) this.#bytes.clear()
    else this.#bytes.append(chunk)
  }

  #onEnd(): void {
    if (!this.#incoming.complete) return // cut off: its close follows
    if (this.#isTooLarge) this.#finish({ kind: 'tooLarge' })
    else this.#finish({ kind: 'complete', bytes: this.#bytes.take() })
  }

  #finish(result: BodyResult): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#bytes.clear()
    this.#rates.delete(this)
    this.#done(result)
  }
}
