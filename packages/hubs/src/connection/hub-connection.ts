import type { ConnectionContext, ConnectionFeatures } from '@signalbox/abstractions'
import {
  type CloseMessage,
  type CompletionMessage,
  type HubMessage,
  type HubProtocol,
  MessageType,
} from '@signalbox/protocol'
import { HubCallerContext } from '../authoring/hub-caller-context.js'
import type { NamedException } from '../dispatch/error-message.js'
import type { HubInvocation } from '../dispatch/hub-invocation.js'
import type { HubRuntime } from '../hub-runtime.js'
import type { HubActivity, HubConnectionTelemetry } from '../hub-telemetry.js'
import type { SerializedHubMessage } from '../lifetime/serialized-hub-message.js'
import type { DisconnectOptions } from '../membership/membership.js'
import type { UploadStream } from '../streams/upload-stream.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import type { MessageBuffer } from './message-buffer.js'

/** What a connection asks of whoever drives its life. */
export interface HubConnectionLife {
  /** The application ends the connection. */
  abort(options?: DisconnectOptions): void
  /** Something that was to be written cannot be. */
  onWriteFailure(error: unknown): void
  /** Ends the connection with a Close message that has the error. */
  fail(error: unknown): void
  /** What the receive loop may have waited for is there: a slot, or room in an upload. */
  onReady(): void
  /** A call has ended; its answer may still be about to be written. */
  onCallEnded(): void
}

class ConnectionClosedError extends Error implements NamedException {
  readonly exceptionType = 'OperationCanceledException'
}

/** The server's view of one connection after its handshake; what lifetime managers write to. @source HubConnectionContext */
export class HubConnection implements HubConnectionContext {
  readonly runtime: HubRuntime
  readonly protocol: HubProtocol
  readonly userIdentifier: string | undefined
  /** Plain invocations that hold a slot. */
  runningInvocations = 0
  /** Plain invocations under way that hold none. */
  pendingInvocations = 0
  /** Of the messages that began these, and of those that began streams. */
  pendingInvocationBytes = 0
  /** Of items from the client that no method has read. */
  unreadItemBytes = 0
  /** Of the message that is being dispatched, framing included. */
  messageBytes = 0
  readonly #connection: ConnectionContext
  readonly #life: HubConnectionLife
  #isAborted = false
  #abortController: AbortController | undefined
  #callerContext: HubCallerContext | undefined
  #items: Map<unknown, unknown> | undefined
  telemetry: HubConnectionTelemetry | undefined
  /** Present on a connection that may be resumed. */
  messageBuffer: MessageBuffer | undefined
  /** Streams under way by invocation id. */
  #streams: Map<string, HubInvocation> | undefined
  /** Plain calls that listen for a cancel, by invocation id; of two with one id the later. */
  #cancellable: Map<string, HubInvocation> | undefined
  /** Streams from the client by stream id. */
  #uploads: Map<string, UploadStream> | undefined
  /** Calls to be told of the end. */
  #watching: Set<HubInvocation> | undefined

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
    this.runtime = runtime
    this.#life = life
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

  get isAborted(): boolean {
    return this.#isAborted
  }

  get connectionAborted(): AbortSignal {
    if (this.#abortController === undefined) {
      this.#abortController = this.runtime.createAbortController()
      if (this.#isAborted) this.#abortController.abort()
    }
    return this.#abortController.signal
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

  get items(): Map<unknown, unknown> {
    this.#items ??= new Map()
    return this.#items
  }

  /**
   * Queues a message that was not made for this connection alone. After the end it does nothing.
   * @throws whatever the protocol throws for what it cannot serialize: the sender's mistake, not this connection's.
   */
  write(message: SerializedHubMessage): void {
    const bytes = this.#bytesOf(message)
    if (bytes === undefined) return
    this.#connection.send(bytes)
    const { onMessageSent } = this.runtime.hooks
    if (onMessageSent !== undefined) onMessageSent(this, message.message, bytes)
  }

  /** The same for a message that goes to many: see `ConnectionContext.sendShared`. */
  writeShared(message: SerializedHubMessage): void {
    const bytes = this.#bytesOf(message)
    if (bytes === undefined) return
    this.#connection.sendShared(bytes)
    const { onMessageSent } = this.runtime.hooks
    if (onMessageSent !== undefined) onMessageSent(this, message.message, bytes)
  }

  #bytesOf(message: SerializedHubMessage): Uint8Array | undefined {
    const bytes = this.#isAborted ? undefined : message.bytesFor(this.protocol)
    if (bytes !== undefined) this.messageBuffer?.push(bytes)
    return bytes
  }

  /** Queues a message of this connection alone, with no value of the application in it. A protocol that cannot write it closes it. */
  writeMessage(message: HubMessage): void {
    try {
      this.#writeOwn(message)
    } catch (error) {
      this.#life.onWriteFailure(error)
    }
  }

  /**
   * Queues the result of a call.
   * @param activity - has succeeded once the result is serialized.
   * @throws whatever the protocol throws for what it cannot serialize: the method's mistake.
   */
  writeResult(invocationId: string, result: unknown, activity: HubActivity | undefined): void {
    const message: CompletionMessage = {
      type: MessageType.Completion,
      headers: undefined,
      invocationId,
      error: undefined,
      result,
      hasResult: true,
    }
    this.#writeOwn(message, activity)
  }

  #writeOwn(message: HubMessage, activity?: HubActivity): void {
    if (this.#isAborted) {
      activity?.succeed()
      return
    }
    const text = this.#mayWriteText ? this.protocol.writeText?.(message) : undefined
    if (text !== undefined) {
      activity?.succeed()
      this.#connection.sendText(text)
      return
    }
    const bytes = this.protocol.writeMessage(message)
    activity?.succeed()
    if (message.type <= MessageType.CancelInvocation) this.messageBuffer?.push(bytes)
    this.#connection.send(bytes)
    const { onMessageSent } = this.runtime.hooks
    if (onMessageSent !== undefined) onMessageSent(this, message, bytes)
  }

  /** Text is cheaper, but a buffer for resuming and an observer of what is sent want bytes. */
  get #mayWriteText(): boolean {
    return this.messageBuffer === undefined && this.runtime.hooks.onMessageSent === undefined
  }

  /** What queues the items of one stream, the cheapest way; it throws as `writeResult` does. */
  createStreamItemWriter(invocationId: string): (item: unknown) => void {
    const textOf = this.#mayWriteText ? this.protocol.createStreamItemWriter?.(invocationId) : undefined
    if (textOf === undefined)
      return item => this.#writeOwn({ type: MessageType.StreamItem, headers: undefined, invocationId, item })
    return item => {
      if (!this.#isAborted) this.#connection.sendText(textOf(item))
    }
  }

  /** Bytes that were serialized before, a ping or the handshake's answer. */
  writeBytes(bytes: Uint8Array): void {
    if (!this.#isAborted) this.#connection.send(bytes)
  }

  /** See `ConnectionContext.isCongested`. */
  get isCongested(): boolean {
    return !this.#isAborted && (this.messageBuffer?.isCongested === true || this.#connection.isCongested)
  }

  /** See `ConnectionContext.drained`. */
  drained(): Promise<void> | undefined {
    return this.#isAborted ? undefined : (this.messageBuffer?.drained() ?? this.#connection.drained())
  }

  abort(options?: DisconnectOptions): void {
    this.#life.abort(options)
  }

  /** Ends the connection with a Close message that has the error. */
  fail(error: unknown): void {
    this.#life.fail(error)
  }

  /** A new transport is there: everything the client may have missed goes out again, behind the number it begins with. */
  resume(): void {
    const buffer = this.messageBuffer
    if (buffer === undefined || this.#isAborted) return
    this.writeMessage({ type: MessageType.Sequence, sequenceId: buffer.resumeId })
    for (const piece of buffer.unacknowledged) this.#connection.send(piece)
  }

  /** The last message; nothing follows it, and everyone who waits for the end is told. */
  writeCloseAndAbort(close: CloseMessage): void {
    if (this.#isAborted) return
    this.#connection.features.statefulReconnect?.disable() // before the Close goes out: the client must not try to resume
    this.writeMessage(close)
    this.#isAborted = true
    this.messageBuffer?.close()
    this.#abortController?.abort()
    for (const invocation of this.#watching ?? []) invocation.cancel()
    this.runtime.manager.clientResults.abandon(this.connectionId)
  }

  /** Nothing more comes from the client: methods that read a stream of it learn that. */
  endUploads(): void {
    for (const upload of this.#uploads?.values() ?? [])
      upload.complete(new ConnectionClosedError('The underlying connection was closed.'))
    this.#uploads = undefined
  }

  // Calls under way

  /** A slot is free, or an upload has room: what waited for it may go on. */
  onReady(): void {
    this.#life.onReady()
  }

  onCallEnded(): void {
    this.#life.onCallEnded()
  }

  /** A call or a stream is under way. */
  get isBusy(): boolean {
    return this.runningInvocations > 0 || this.pendingInvocations > 0 || this.streamCount > 0
  }

  /** @returns false when a stream with this id is under way. */
  tryAddStream(invocationId: string, invocation: HubInvocation): boolean {
    this.#streams ??= new Map()
    if (this.#streams.has(invocationId)) return false
    this.#streams.set(invocationId, invocation)
    this.watch(invocation)
    return true
  }

  addCancellable(invocationId: string, invocation: HubInvocation): void {
    this.#cancellable ??= new Map()
    this.#cancellable.set(invocationId, invocation)
  }

  /** What a cancel with this id is about. */
  findCancellable(invocationId: string): HubInvocation | undefined {
    return this.#streams?.get(invocationId) ?? this.#cancellable?.get(invocationId)
  }

  get streamCount(): number {
    return this.#streams?.size ?? 0
  }

  watch(invocation: HubInvocation): void {
    this.#watching ??= new Set()
    this.#watching.add(invocation)
  }

  /** @returns false when a stream with this id is under way. */
  tryAddUpload(streamId: string, upload: UploadStream): boolean {
    this.#uploads ??= new Map()
    if (this.#uploads.has(streamId)) return false
    this.#uploads.set(streamId, upload)
    return true
  }

  findUpload(streamId: string): UploadStream | undefined {
    return this.#uploads?.get(streamId)
  }

  /** The stream has ended: nothing more belongs to it. */
  takeUpload(streamId: string): UploadStream | undefined {
    const upload = this.#uploads?.get(streamId)
    this.#uploads?.delete(streamId)
    return upload
  }

  removeUpload(streamId: string, upload: UploadStream): void {
    if (this.#uploads?.get(streamId) === upload) this.#uploads.delete(streamId)
  }

  /** A call has ended: nothing of it is kept. */
  forget(invocation: HubInvocation): void {
    this.#watching?.delete(invocation)
    const { invocationId } = invocation
    if (invocationId === undefined) return
    const calls = invocation.isStream ? this.#streams : this.#cancellable
    if (calls?.get(invocationId) === invocation) calls.delete(invocationId)
  }
}
