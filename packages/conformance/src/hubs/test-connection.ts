import {
  anonymous,
  type ClaimsPrincipal,
  type ConnectionContext,
  type ConnectionFeatures,
  type ConnectionReceiver,
  FeatureCollection,
  type HttpRequest,
  type HttpTransportType,
  noParams,
  type StatefulReconnectFeature,
  type TransferFormat,
} from '@signalbox/abstractions'
import { Deferred } from '../waiting/deferred.js'

export interface TestConnectionOptions {
  readonly connectionId?: string
  /** Default `WebSockets`. */
  readonly transport?: HttpTransportType
  /** Default both. */
  readonly supportedFormats?: readonly TransferFormat[]
  /** Of the request that opened the transport. */
  readonly queryString?: string
  readonly user?: ClaimsPrincipal
  readonly statefulReconnect?: StatefulReconnectFeature
}

let connections = 0

/** A connection without transport: the test is the peer. It keeps the promises of `ConnectionContext` and no more than those. */
export class TestConnection implements ConnectionContext {
  readonly connectionId: string
  features: ConnectionFeatures
  receiver: ConnectionReceiver | undefined
  /** What was sent and not yet taken by `nextSent`: one text per message, without separators; in hexadecimal when the format is binary. */
  readonly sent: string[] = []
  /** True from `pause` to `resume`. */
  isPaused = false
  /** What the application closed the connection with; undefined while it has not. */
  closedWith: { readonly error: unknown } | undefined
  abortReason: string | undefined
  /** Resolves once the application has closed or aborted the connection. */
  readonly ended: Promise<void>
  readonly #waiting: Buffer[] = []
  #end!: () => void
  #hasPeerLeft = false
  #isCut = false
  #onSent: (() => void) | undefined
  #drained: Promise<void> | undefined

  constructor(options: TestConnectionOptions = {}) {
    this.connectionId = options.connectionId ?? `connection${++connections}`
    this.features = Object.assign(new FeatureCollection(), {
      transport: options.transport ?? 'WebSockets',
      supportedFormats: options.supportedFormats ?? ['Text', 'Binary'],
      activeFormat: 'Text' as TransferFormat,
      hasInherentKeepAlive: options.transport === 'LongPolling',
      httpRequest: testRequest(options.queryString ?? ''),
      user: options.user ?? anonymous,
      statefulReconnect: options.statefulReconnect,
    })
    this.ended = new Promise(resolve => {
      this.#end = resolve
    })
  }

  // What the peer does

  /** Bytes arrive, in one piece. */
  receive(data: string | Uint8Array): void {
    if (this.#hasPeerLeft || this.#hasEnded) return
    const bytes = Buffer.from(data)
    if (this.isPaused || this.receiver === undefined) this.#waiting.push(bytes)
    else this.#deliver(bytes)
  }

  /** The peer has refreshed its credentials. */
  refresh(user: ClaimsPrincipal): void {
    Object.assign(this.features, { user })
    this.receiver?.onAuthenticationRefreshed?.()
  }

  /** The peer says goodbye. */
  leave(): void {
    this.#peerLeaves(undefined, true)
  }

  /** The peer is gone without a word; with an error when the transport broke. */
  vanish(error?: Error): void {
    this.#peerLeaves(error, false)
  }

  /** The socket is lost, and the connection waits for another one: what is sent meanwhile reaches nobody. */
  cut(): void {
    this.#isCut = true
  }

  /** A new socket takes over. @returns false when the application refused, which ends the connection. */
  reconnect(): boolean {
    this.#waiting.length = 0 // it came by the lost socket
    this.#isCut = false
    const isResumed = this.receiver?.onReconnected?.() === true
    if (!isResumed) this.vanish()
    return isResumed
  }

  /** The peer takes nothing, until the returned function is called. */
  stall(): () => void {
    const drained = new Deferred()
    this.#drained = drained.promise
    return () => {
      if (this.#drained === drained.promise) this.#drained = undefined
      drained.resolve()
    }
  }

  /** The oldest message that was not taken yet, as soon as there is one. */
  async nextSent(): Promise<string> {
    while (this.sent.length === 0)
      await new Promise<void>(resolve => {
        this.#onSent = resolve
      })
    return this.sent.shift()!
  }

  // What the application does

  send(bytes: Uint8Array): void {
    if (this.features.activeFormat === 'Binary') this.#reachPeer(Buffer.from(bytes).toString('hex'))
    else this.sendText(Buffer.from(bytes).toString())
  }

  sendShared(bytes: Uint8Array): void {
    this.send(bytes)
  }

  sendText(text: string): void {
    if (!text.endsWith('\x1e')) throw new Error(`Not a whole message: ${text}`)
    this.#reachPeer(...text.slice(0, -1).split('\x1e'))
  }

  get isCongested(): boolean {
    return this.#drained !== undefined
  }

  drained(): Promise<void> | undefined {
    return this.#drained
  }

  close(error?: unknown): void {
    if (this.#hasEnded) return
    this.closedWith = { error }
    this.#waiting.length = 0
    this.#end()
  }

  abort(reason: string): void {
    if (this.#hasEnded) return
    this.abortReason = reason
    this.#end()
    this.vanish()
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
    while (!this.isPaused) {
      const bytes = this.#waiting.shift()
      if (bytes === undefined) return
      this.#deliver(bytes)
    }
  }

  get #hasEnded(): boolean {
    return this.closedWith !== undefined || this.abortReason !== undefined
  }

  #reachPeer(...messages: readonly string[]): void {
    if (this.#hasEnded || this.#isCut) return
    this.sent.push(...messages)
    this.#onSent?.()
  }

  #deliver(bytes: Buffer): void {
    void this.receiver!.onReceive(bytes)
    // The memory is the transport's: whoever kept a reference instead of a copy shall notice.
    bytes.fill('#')
  }

  #peerLeaves(error: Error | undefined, graceful: boolean): void {
    if (this.#hasPeerLeft) return
    this.#hasPeerLeft = true
    void this.receiver?.onEnd?.(error, graceful)
  }
}

function testRequest(queryString: string): HttpRequest {
  const query = new URLSearchParams(queryString)
  return {
    method: 'GET',
    scheme: 'http',
    path: '/test',
    params: noParams,
    queryString,
    remoteAddress: '127.0.0.1',
    query: name => query.get(name) ?? undefined,
    header: () => undefined,
    cookie: () => undefined,
  }
}
