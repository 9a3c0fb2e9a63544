import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import { ConnectionClosedError } from '../connection/connection-errors.js'
import type { UploadMemory, UploadStream } from '../streams/upload-stream.js'

/** A call from its start to its end, as its connection keeps it. */
export interface CallUnderWay {
  readonly invocationId: string | undefined
  readonly isStream: boolean
  /** The client wants no result any more, or is gone. */
  cancel(): void
}

/** Who is told of a connection's calls. */
export interface CallsOwner {
  /** A slot is free, or a stream has room: a message that waits for it may go on. */
  onReady(): void
  /** A call has ended; its answer may still be about to be written. */
  onCallEnded(): void
}

type PendingLimits = Pick<
  ResolvedHubOptions,
  'maximumPendingInvocationsPerClient' | 'maximumPendingInvocationBytesPerClient'
>

/** The calls of one connection that have not ended, what they hold, and the streams that belong to them. */
export class CallsUnderWay implements UploadMemory {
  /** Plain invocations that hold a slot. */
  running = 0
  /** Plain invocations that hold none. */
  pending = 0
  /** Of the messages that began these, and of those that began streams. */
  pendingBytes = 0
  /** Of items from the client that no method has read. */
  unreadItemBytes = 0
  readonly #owner: CallsOwner
  /** Streams to the client by invocation id. */
  #streams: Map<string, CallUnderWay> | undefined
  /** Plain calls that listen for a cancel, by invocation id; of two with one id the later. */
  #cancellable: Map<string, CallUnderWay> | undefined
  /** Streams from the client by stream id. */
  #uploads: Map<string, UploadStream> | undefined
  /** Calls that are cancelled at the end of the connection. */
  #watching: Set<CallUnderWay> | undefined

  constructor(owner: CallsOwner) {
    this.#owner = owner
  }

  onReady(): void {
    this.#owner.onReady()
  }

  /** A call or a stream is under way. */
  get isBusy(): boolean {
    return this.running > 0 || this.pending > 0 || this.streamCount > 0
  }

  /**
   * What one more call would be too much of, as the client is told. Any plain call may come to wait for a client, so
   * each is counted as if it did.
   */
  findExcess(
    isStream: boolean,
    { maximumPendingInvocationsPerClient: limit, maximumPendingInvocationBytesPerClient: bytes }: PendingLimits,
  ): string | undefined {
    if (!isStream && this.pending >= limit)
      return `No more than ${limit} invocations may be pending on one connection (maximumPendingInvocationsPerClient).`
    if (this.pendingBytes > bytes)
      return `No more than ${bytes} bytes of calls may be pending on one connection (maximumPendingInvocationBytesPerClient).`
    return undefined
  }

  /** A call has ended: nothing of it is kept. */
  remove(call: CallUnderWay): void {
    this.#watching?.delete(call)
    const { invocationId } = call
    if (invocationId === undefined) return
    const calls = call.isStream ? this.#streams : this.#cancellable
    if (calls?.get(invocationId) === call) calls.delete(invocationId)
  }

  /** It has given back its slot as well. */
  onCallEnded(): void {
    this.#owner.onCallEnded()
  }

  // Cancelling

  /** @returns false when a stream with its id is under way. */
  tryAddStream(call: CallUnderWay): boolean {
    const { invocationId } = call
    if (invocationId === undefined) return true
    this.#streams ??= new Map()
    if (this.#streams.has(invocationId)) return false
    this.#streams.set(invocationId, call)
    this.watch(call)
    return true
  }

  get streamCount(): number {
    return this.#streams?.size ?? 0
  }

  /** A plain call that a cancel with its id is about. */
  addCancellable(call: CallUnderWay): void {
    if (call.invocationId === undefined) return
    this.#cancellable ??= new Map()
    this.#cancellable.set(call.invocationId, call)
  }

  /** The client cancels a call; calls end while cancels for them are under way. */
  cancel(invocationId: string): void {
    const call = this.#streams?.get(invocationId) ?? this.#cancellable?.get(invocationId)
    call?.cancel()
  }

  /** The call is cancelled when the connection ends. */
  watch(call: CallUnderWay): void {
    this.#watching ??= new Set()
    this.#watching.add(call)
  }

  /** The connection has ended. */
  cancelAll(): void {
    for (const call of this.#watching ?? []) call.cancel()
  }

  // Streams from the client

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

  /** Nothing more comes from the client: methods that read a stream of it learn that. */
  endUploads(): void {
    for (const upload of this.#uploads?.values() ?? []) upload.complete(new ConnectionClosedError())
    this.#uploads = undefined
  }
}
