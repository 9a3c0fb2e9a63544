import type { ConnectionContext, ConnectionFeatures } from '@signalbox/abstractions'
import type { CloseMessage, HubProtocol } from '@signalbox/protocol'
import { HubCallerContext } from '../authoring/hub-caller-context.js'
import { type CallsOwner, CallsUnderWay } from '../dispatch/calls-under-way.js'
import type { HubRuntime } from '../hub-runtime.js'
import type { HubConnectionTelemetry } from '../hub-telemetry.js'
import type { SerializedHubMessage } from '../lifetime/serialized-hub-message.js'
import type { DisconnectOptions } from '../membership/membership.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import { HubOutput, type HubOutputOwner } from './hub-output.js'
import type { MessageBuffer } from './message-buffer.js'

/** Who drives a connection from its handshake to its end. */
export interface HubConnectionOwner extends CallsOwner {
  /** Messages are read, so that acknowledgements can come. */
  readonly isReading: boolean
  /** The application ends the connection. */
  abort(options?: DisconnectOptions): void
  /** Ends the connection with a Close message that has the error. */
  fail(error: unknown): void
}

/** What client and server have agreed on. */
export interface HandshakeOutcome {
  readonly protocol: HubProtocol
  readonly userIdentifier: string | undefined
  /** Present when the connection may be resumed. */
  readonly messageBuffer: MessageBuffer | undefined
}

/** One connection of a hub after its handshake, with what its dispatcher has to know of it beside. */
export class HubConnection implements HubConnectionContext, HubOutputOwner {
  readonly runtime: HubRuntime
  readonly protocol: HubProtocol
  readonly userIdentifier: string | undefined
  readonly output: HubOutput
  readonly calls: CallsUnderWay
  telemetry: HubConnectionTelemetry | undefined
  readonly #connection: ConnectionContext
  readonly #owner: HubConnectionOwner
  #abortController: AbortController | undefined
  #callerContext: HubCallerContext | undefined
  #items: Map<unknown, unknown> | undefined

  constructor(
    connection: ConnectionContext,
    { protocol, userIdentifier, messageBuffer }: HandshakeOutcome,
    runtime: HubRuntime,
    owner: HubConnectionOwner,
  ) {
    this.#connection = connection
    this.#owner = owner
    this.runtime = runtime
    this.protocol = protocol
    this.userIdentifier = userIdentifier
    this.output = new HubOutput(this, connection, messageBuffer, runtime.hooks.onMessageSent)
    this.calls = new CallsUnderWay(owner)
  }

  get connectionId(): string {
    return this.#connection.connectionId
  }

  get hubName(): string {
    return this.runtime.descriptor.name
  }

  get features(): ConnectionFeatures {
    return this.#connection.features
  }

  get items(): Map<unknown, unknown> {
    this.#items ??= new Map()
    return this.#items
  }

  get callerContext(): HubCallerContext {
    this.#callerContext ??= new HubCallerContext(this)
    return this.#callerContext
  }

  /** Calls that start from here on see the user of the refreshed credentials. @returns what they see. */
  renewCallerContext(): HubCallerContext {
    this.#callerContext = new HubCallerContext(this)
    return this.#callerContext
  }

  write(message: SerializedHubMessage): void {
    this.output.write(message)
  }

  writeShared(message: SerializedHubMessage): void {
    this.output.writeShared(message)
  }

  get isCongested(): boolean {
    return this.output.isCongested
  }

  drained(): Promise<void> | undefined {
    return this.output.drained()
  }

  get isReading(): boolean {
    return this.#owner.isReading
  }

  // The end

  get isAborted(): boolean {
    return this.output.isClosed
  }

  get connectionAborted(): AbortSignal {
    if (this.#abortController === undefined) {
      this.#abortController = this.runtime.createAbortController()
      if (this.isAborted) this.#abortController.abort()
    }
    return this.#abortController.signal
  }

  abort(options?: DisconnectOptions): void {
    this.#owner.abort(options)
  }

  fail(error: unknown): void {
    this.#owner.fail(error)
  }

  onWriteFailure(error: unknown): void {
    const { hubName, runtime } = this
    runtime.recurringLog.error(`writeFailed ${hubName}`, `${hubName}: a message could not be written.`, error)
    this.fail(error)
  }

  /** Writes the last message; nothing follows it, and everyone who waits for the end is told. */
  close(close: CloseMessage): void {
    if (this.isAborted) return
    this.features.statefulReconnect?.disable() // before the Close goes out: the client must not try to resume
    this.output.writeMessage(close)
    this.output.close()
    this.#abortController?.abort()
    this.calls.cancelAll()
    this.runtime.manager.clientResults.abandon(this.connectionId)
  }
}
