import type { ConnectionContext, ConnectionFeatures } from '@signalbox/abstractions'
import type { CloseMessage, HubMessage, HubProtocol } from '@signalbox/protocol'
import type { HubScope } from './hub.js'
import { HubCallerContext } from './hub-caller-context.js'
import { LifetimeManagerCallerClients } from './hub-clients.js'
import type { HubRuntime } from './hub-runtime.js'
import type { SerializedHubMessage } from './serialized-hub-message.js'

/** What a connection asks of whoever drives its life. */
export interface HubConnectionLife {
  /** The application ends the connection. */
  abort(): void
  /** Something that was to be written cannot be. */
  onWriteFailure(error: unknown): void
  /** An invocation has given back its slot. */
  onInvocationCompleted(): void
}

/** The server's view of one connection after its handshake; what lifetime managers write to. @source HubConnectionContext */
export class HubConnectionContext implements HubScope {
  readonly protocol: HubProtocol
  readonly userIdentifier: string | undefined
  /** Plain invocations that hold a slot. */
  runningInvocations = 0
  readonly #connection: ConnectionContext
  readonly #runtime: HubRuntime
  readonly #life: HubConnectionLife
  #isAborted = false
  #abortController: AbortController | undefined
  #callerContext: HubCallerContext | undefined
  #callerClients: LifetimeManagerCallerClients | undefined

  constructor(
    connection: ConnectionContext,
    protocol: HubProtocol,
    userIdentifier: string | undefined,
    runtime: HubRuntime,
    life: HubConnectionLife,
  ) {
    this.#connection = connection
    this.protocol = protocol
    this.userIdentifier = userIdentifier
    this.#runtime = runtime
    this.#life = life
  }

  get connectionId(): string {
    return this.#connection.connectionId
  }

  get features(): ConnectionFeatures {
    return this.#connection.features
  }

  get isAborted(): boolean {
    return this.#isAborted
  }

  get connectionAborted(): AbortSignal {
    if (this.#abortController === undefined) {
      this.#abortController = new AbortController()
      if (this.#isAborted) this.#abortController.abort()
    }
    return this.#abortController.signal
  }

  get callerContext(): HubCallerContext {
    this.#callerContext ??= new HubCallerContext(this)
    return this.#callerContext
  }

  get callerClients(): LifetimeManagerCallerClients {
    this.#callerClients ??= new LifetimeManagerCallerClients(
      this,
      this.#runtime.manager,
      this.#runtime.reportSendFailure,
    )
    return this.#callerClients
  }

  get groupManager(): HubRuntime['groups'] {
    return this.#runtime.groups
  }

  /**
   * Queues a message that goes to many. After the end it does nothing.
   * @throws whatever the protocol throws for what it cannot serialize: the sender's mistake, not this connection's.
   */
  write(message: SerializedHubMessage): void {
    if (!this.#isAborted) this.#connection.send(message.bytesFor(this.protocol))
  }

  /** Queues a message of this connection alone; what cannot be serialized closes it, as in .NET. */
  writeMessage(message: HubMessage): void {
    if (this.#isAborted) return
    let bytes: Buffer
    try {
      bytes = this.protocol.writeMessage(message)
    } catch (error) {
      this.#life.onWriteFailure(error)
      return
    }
    this.#connection.send(bytes)
  }

  /** Bytes that were serialized before, a ping or the handshake's answer. */
  writeBytes(bytes: Uint8Array): void {
    if (!this.#isAborted) this.#connection.send(bytes)
  }

  /** See `ConnectionContext.drained`. */
  drained(): Promise<void> | undefined {
    return this.#isAborted ? undefined : this.#connection.drained()
  }

  abort(): void {
    this.#life.abort()
  }

  /** The last message; nothing follows it, and whoever listens for the end is told. */
  writeCloseAndAbort(close: CloseMessage): void {
    if (this.#isAborted) return
    this.writeMessage(close)
    this.#isAborted = true
    this.#abortController?.abort()
  }

  releaseInvocation(): void {
    this.runningInvocations--
    this.#life.onInvocationCompleted()
  }
}
