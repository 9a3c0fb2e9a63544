import { type InvocationMessage, MessageType, type StreamInvocationMessage } from '@signalbox/protocol'
import type { HubScope } from '../authoring/hub.js'
import type { HubCallerContext } from '../authoring/hub-caller-context.js'
import { LifetimeManagerCallerClients } from '../authoring/hub-clients.js'
import type { GroupManager, HubContext } from '../authoring/hub-context.js'
import type { AnyHub, HubMethodDescriptor } from '../authoring/hub-descriptor.js'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import type { HubConnection } from '../connection/hub-connection.js'
import type { HubActivity } from '../hub-telemetry.js'
import { UploadStream } from '../streams/upload-stream.js'
import type { CallUnderWay } from './calls-under-way.js'

const noStreams: readonly string[] = []

/** What a hub method can learn of its call: declare a parameter behind those of the client to get it. */
export interface Invocation {
  /** Fires when the client cancels the call or its connection ends. */
  readonly signal: AbortSignal
}

/** One call under way: its slot, its uploads, its signal, and the scope its hub instance works in. */
export class HubInvocation implements HubScope, Invocation, CallUnderWay {
  readonly connection: HubConnection
  readonly descriptor: HubMethodDescriptor
  /** Of the start: a refresh of the credentials meanwhile is for later calls. */
  readonly callerContext: HubCallerContext
  /** What the client sent. */
  readonly message: InvocationMessage | StreamInvocationMessage
  /** The instance that runs the method, once there is one. */
  hub: AnyHub | undefined
  /** There while the method runs, if somebody watches. */
  activity: HubActivity | undefined
  uploads: Map<string, UploadStream> | undefined
  readonly #messageBytes: number
  #holdsSlot = false
  #isPending = false
  #controller: AbortController | undefined
  /** Is called at a cancel; a signal costs more, and few methods ask for it. */
  onCancelled: (() => void) | undefined
  #isCancelled = false
  #clients: LifetimeManagerCallerClients | undefined

  constructor(
    connection: HubConnection,
    descriptor: HubMethodDescriptor,
    message: InvocationMessage | StreamInvocationMessage,
    messageBytes: number,
  ) {
    this.connection = connection
    this.descriptor = descriptor
    this.callerContext = connection.callerContext
    this.message = message
    this.#messageBytes = messageBytes
  }

  /** Absent: fire and forget, never answered. */
  get invocationId(): string | undefined {
    return this.message.invocationId
  }

  get isStream(): boolean {
    return this.message.type === MessageType.StreamInvocation
  }

  get streamIds(): readonly string[] {
    return this.message.streamIds ?? noStreams
  }

  get callerClients(): LifetimeManagerCallerClients {
    this.#clients ??= new LifetimeManagerCallerClients(this.connection.runtime, this.connection.connectionId, this)
    return this.#clients
  }

  get groupManager(): GroupManager {
    return this.connection.runtime.groups
  }

  get hubContext(): HubContext {
    return this.connection.runtime.context
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = this.connection.runtime.createAbortController()
      if (this.#isCancelled || this.connection.isAborted) this.#controller.abort()
      else this.connection.calls.watch(this)
    }
    return this.#controller.signal
  }

  get isCancelled(): boolean {
    return this.#isCancelled
  }

  /**
   * The client wants no result any more, or is gone. Only the first time counts: a client may say it as often as it
   * likes.
   */
  cancel(): void {
    if (this.#isCancelled) return
    this.#isCancelled = true
    this.#controller?.abort()
    this.onCancelled?.()
  }

  /** @returns the id of a stream that is under way already. */
  openUploads(options: Readonly<ResolvedHubOptions>): string | undefined {
    this.uploads = new Map()
    for (const [index, streamId] of this.streamIds.entries()) {
      const { item } = this.descriptor.streams[index]!
      const upload = new UploadStream(this.connection.calls, item, options)
      if (!this.connection.calls.tryAddUpload(streamId, upload)) return streamId
      this.uploads.set(streamId, upload)
    }
    return undefined
  }

  closeUploads(): void {
    for (const [streamId, upload] of this.uploads ?? []) {
      this.connection.calls.removeUpload(streamId, upload)
      void upload.return()
    }
  }

  /** Puts the client's streams into their places, and the call itself behind everything. */
  completeArguments(args: readonly unknown[]): readonly unknown[] {
    const { streams, takesInvocation } = this.descriptor
    if (streams.length === 0 && !takesInvocation) return args
    const all = [...args]
    const uploads = [...(this.uploads?.values() ?? [])]
    for (const [order, { index }] of streams.entries()) all.splice(index, 0, uploads[order])
    if (takesInvocation) all.push(this)
    return all
  }

  takeSlot(): void {
    this.#holdsSlot = true
    this.connection.calls.running++
  }

  /**
   * Gives the slot back, once: at the end of the call, or before it waits for a client whose answer may stand behind it
   * in the queue.
   * @source ChannelBasedSemaphore
   */
  releaseSlot(): void {
    if (!this.#holdsSlot) return
    this.#holdsSlot = false
    this.connection.calls.running--
    this.connection.calls.onReady()
  }

  beforeClientResult(): void {
    if (!this.#holdsSlot) return
    this.startPending()
    this.releaseSlot()
  }

  /** It goes on without a slot, but not uncounted. */
  startPending(): void {
    this.#isPending = true
    if (!this.isStream) this.connection.calls.pending++
    this.connection.calls.pendingBytes += this.#messageBytes
  }

  endPending(): void {
    if (!this.#isPending) return
    this.#isPending = false
    if (!this.isStream) this.connection.calls.pending--
    this.connection.calls.pendingBytes -= this.#messageBytes
  }
}
