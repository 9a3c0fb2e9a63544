import {
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionReceiver,
  FeatureCollection,
} from '@signalbox/abstractions'

/** A connection within the process: bytes of the client go to the hub at once, and back as text, message by message. */
export class MemoryConnection implements ConnectionContext {
  readonly connectionId: string
  readonly features: ConnectionFeatures
  receiver: ConnectionReceiver | undefined
  /** Gets what the hub sends, message by message, without the separator behind it. */
  onMessage: (json: string) => void = () => {}
  readonly isCongested = false
  /** Resolves once the hub has closed it, after its `onDisconnected`. */
  readonly closed: Promise<void>
  #close!: () => void
  readonly #waiting: Uint8Array[] = []
  #isPaused = false
  #isClosed = false
  #hasPeerLeft = false
  #onResumed: (() => void) | undefined

  constructor(connectionId: string, features: Omit<ConnectionFeatures, keyof FeatureCollection>) {
    this.connectionId = connectionId
    this.features = Object.assign(new FeatureCollection(), features)
    this.closed = new Promise(resolve => {
      this.#close = resolve
    })
  }

  // From the client

  receive(bytes: Uint8Array): void {
    if (this.#hasPeerLeft || this.#isClosed) return
    this.#waiting.push(bytes)
    this.#deliver()
  }

  leave(error: Error | undefined): void {
    if (this.#hasPeerLeft) return
    this.#hasPeerLeft = true
    void this.receiver?.onEnd?.(error, error === undefined)
  }

  /** Resolves as soon as the hub reads: after `onConnected`. */
  async whenReading(): Promise<void> {
    if (!this.#isPaused) return
    const resumed = new Promise<void>(resolve => {
      this.#onResumed = resolve
    })
    await Promise.race([resumed, this.closed])
  }

  // From the hub

  send(bytes: Uint8Array): void {
    this.sendText(new TextDecoder().decode(bytes))
  }

  sendShared(bytes: Uint8Array): void {
    this.send(bytes)
  }

  sendText(text: string): void {
    if (this.#isClosed) return
    for (const json of text.split('\x1e').slice(0, -1)) this.onMessage(json)
  }

  drained(): undefined {
    return undefined
  }

  close(): void {
    this.#isClosed = true
    this.#close()
  }

  abort(): void {
    this.close()
    this.leave(undefined)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#onResumed?.()
    this.#deliver()
  }

  #deliver(): void {
    while (!this.#isPaused && this.receiver !== undefined) {
      const bytes = this.#waiting.shift()
      if (bytes === undefined) return
      void this.receiver.onReceive(bytes)
    }
  }
}
