import type { ConnectionContext } from '@signalbox/abstractions'
import { type CompletionMessage, type HubMessage, type HubProtocol, MessageType } from '@signalbox/protocol'
import type { HubExtension } from '../hub-extension.js'
import type { HubActivity } from '../hub-telemetry.js'
import type { SerializedHubMessage } from '../lifetime/serialized-hub-message.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import type { MessageBuffer } from './message-buffer.js'

/** Whom an output belongs to. */
export interface HubOutputOwner extends HubConnectionContext {
  /** Messages are read, so that acknowledgements can come. */
  readonly isReading: boolean
  /** A message without a value of the application cannot be written, which ends the connection. */
  onWriteFailure(error: unknown): void
}

/**
 * All that is written to one connection of a hub: serialized, kept for a reconnect, observed and queued. After the end
 * nothing is.
 */
export class HubOutput {
  /** Present on a connection that may be resumed. */
  readonly messageBuffer: MessageBuffer | undefined
  readonly #owner: HubOutputOwner
  readonly #connection: ConnectionContext
  readonly #protocol: HubProtocol
  readonly #onMessageSent: HubExtension['onMessageSent']
  /** Nothing is written any more. */
  isClosed = false

  constructor(
    owner: HubOutputOwner,
    connection: ConnectionContext,
    messageBuffer: MessageBuffer | undefined,
    onMessageSent: HubExtension['onMessageSent'],
  ) {
    this.#owner = owner
    this.#connection = connection
    this.#protocol = owner.protocol
    this.messageBuffer = messageBuffer
    this.#onMessageSent = onMessageSent
  }

  // Messages of many connections

  /** @throws whatever the protocol throws for what it cannot serialize. */
  write(message: SerializedHubMessage): void {
    const bytes = this.#bytesOf(message)
    if (bytes === undefined) return
    this.#connection.send(bytes)
    if (this.#onMessageSent !== undefined) this.#onMessageSent(this.#owner, message.message, bytes)
  }

  writeShared(message: SerializedHubMessage): void {
    const bytes = this.#bytesOf(message)
    if (bytes === undefined) return
    this.#connection.sendShared(bytes)
    if (this.#onMessageSent !== undefined) this.#onMessageSent(this.#owner, message.message, bytes)
  }

  #bytesOf(message: SerializedHubMessage): Uint8Array | undefined {
    const bytes = this.isClosed ? undefined : message.bytesFor(this.#protocol)
    if (bytes !== undefined) this.messageBuffer?.push(bytes)
    return bytes
  }

  // Messages of this connection alone

  /** Queues a message with no value of the application in it. A protocol that cannot write it ends the connection. */
  writeMessage(message: HubMessage): void {
    try {
      this.#writeOwn(message)
    } catch (error) {
      this.#owner.onWriteFailure(error)
    }
  }

  /** Answers a call without a result. @param error - undefined ends a stream. */
  complete(invocationId: string | undefined, error: string | undefined): void {
    if (invocationId === undefined) return
    this.writeMessage({
      type: MessageType.Completion,
      headers: undefined,
      invocationId,
      error,
      result: undefined,
      hasResult: false,
    })
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

  /** What queues the items of one stream, the cheapest way; it throws as `writeResult` does. */
  createStreamItemWriter(invocationId: string): (item: unknown) => void {
    const textOf = this.#mayWriteText ? this.#protocol.createStreamItemWriter?.(invocationId) : undefined
    if (textOf === undefined)
      return item => this.#writeOwn({ type: MessageType.StreamItem, headers: undefined, invocationId, item })
    return item => {
      if (!this.isClosed) this.#connection.sendText(textOf(item))
    }
  }

  #writeOwn(message: HubMessage, activity?: HubActivity): void {
    if (this.isClosed) {
      activity?.succeed()
      return
    }
    const text = this.#mayWriteText ? this.#protocol.writeText?.(message) : undefined
    if (text !== undefined) {
      activity?.succeed()
      this.#connection.sendText(text)
      return
    }
    const bytes = this.#protocol.writeMessage(message)
    activity?.succeed()
    if (message.type <= MessageType.CancelInvocation) this.messageBuffer?.push(bytes)
    this.#connection.send(bytes)
    if (this.#onMessageSent !== undefined) this.#onMessageSent(this.#owner, message, bytes)
  }

  /** Text is cheaper, but a buffer for resuming and an observer want bytes. */
  get #mayWriteText(): boolean {
    return this.messageBuffer === undefined && this.#onMessageSent === undefined
  }

  /** Bytes that were serialized before: the answer to the handshake. */
  writeBytes(bytes: Uint8Array): void {
    if (!this.isClosed) this.#connection.send(bytes)
  }

  /**
   * A new transport is there: everything the client may have missed goes out again, behind the number it begins with.
   */
  resume(buffer: MessageBuffer): void {
    if (this.isClosed) return
    this.writeMessage({ type: MessageType.Sequence, sequenceId: buffer.resumeId })
    for (const piece of buffer.unacknowledged) this.#connection.send(piece)
  }

  // How far the client is behind

  /** See `ConnectionContext.isCongested`. */
  get isCongested(): boolean {
    return !this.isClosed && (this.#isUnacknowledged || this.#connection.isCongested)
  }

  /** See `ConnectionContext.drained`. */
  drained(): Promise<void> | undefined {
    if (this.isClosed) return undefined
    return this.#isUnacknowledged ? this.messageBuffer?.drained() : this.#connection.drained()
  }

  /**
   * Whoever waits for an acknowledgement while nothing is read would wait for the call that keeps it from being read.
   */
  get #isUnacknowledged(): boolean {
    return this.messageBuffer?.isCongested === true && this.#owner.isReading
  }

  /** Nothing more is written, and nobody waits for the client any more. */
  close(): void {
    this.isClosed = true
    this.messageBuffer?.close()
  }
}
