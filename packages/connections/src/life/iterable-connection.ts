import type {
  ConnectionContext,
  ConnectionFeatures,
  ConnectionHandler,
  ConnectionReceiver,
  RecurringLog,
} from '@signalbox/abstractions'
import { ConnectionReader } from './connection-reader.js'

/**
 * What runs on a raw connection. The connection lives as long as its promise: it closes when that resolves, and ends as
 * a failure (WebSocket close 1011, long polling 500) when it rejects. One that sets `receiver` instead lives until it
 * calls `close`.
 * @source ConnectionHandler.OnConnectedAsync
 */
export type IterableConnectionHandler = (connection: IterableConnection) => void | Promise<void>

/**
 * A raw connection, read by `for await`. What is received comes in order, and the next is asked for when the loop comes
 * round: a client that sends faster is held back, where its transport can, and cut off beyond
 * `maximumPendingReceiveBytes` where not. The loop ends when the client is gone.
 *
 * These are bytes: one WebSocket message or one POST at a time, but what is sent in one turn of the event loop leaves
 * as one. Messages need an end of their own, for example a line feed.
 */
export class IterableConnection implements ConnectionContext, AsyncIterable<Buffer> {
  readonly #context: ConnectionContext
  readonly #onListenerError: (error: unknown) => void
  #reader: ConnectionReader | undefined
  #hasClosed = false

  constructor(context: ConnectionContext, onListenerError: (error: unknown) => void) {
    this.#context = context
    this.#onListenerError = onListenerError
  }

  get connectionId(): string {
    return this.#context.connectionId
  }

  get features(): ConnectionFeatures {
    return this.#context.features
  }

  /**
   * Aborted when the client is gone; its reason is what broke the transport, if anything did. A listener that throws
   * harms nobody, nor does a handler that ends with the AbortError of what it gave the signal to.
   */
  get signal(): AbortSignal {
    return this.#read().signal
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return this.#read()
  }

  /**
   * Sends text (as UTF-8) or bytes, which must not change afterwards.
   * @returns undefined, or while the client is behind a promise that resolves once it has caught up or is gone; never
   * rejects. A sender who does not wait for it has the client cut off beyond `maximumPendingSendBytes`.
   */
  send(data: Uint8Array | string): Promise<void> | undefined {
    if (typeof data === 'string') this.#context.sendText(data)
    else this.#context.send(data)
    return this.#context.drained()
  }

  close(error?: unknown): void {
    this.#hasClosed = true
    this.#context.close(error)
  }

  abort(reason: string): void {
    this.#hasClosed = true
    this.#context.abort(reason)
  }

  // For applications that are told instead of asking

  get receiver(): ConnectionReceiver | undefined {
    return this.#context.receiver
  }

  set receiver(receiver: ConnectionReceiver | undefined) {
    this.#context.receiver = receiver
  }

  sendShared(bytes: Uint8Array): void {
    this.#context.sendShared(bytes)
  }

  sendText(text: string): void {
    this.#context.sendText(text)
  }

  get isCongested(): boolean {
    return this.#context.isCongested
  }

  drained(): Promise<void> | undefined {
    return this.#context.drained()
  }

  pause(): void {
    this.#context.pause()
  }

  resume(): void {
    this.#context.resume()
  }

  /** Whether something only failed because the client is gone: whatever was given `signal`. */
  isAborted(error: unknown): boolean {
    return this.#reader?.signal.aborted === true && error instanceof Error && error.name === 'AbortError'
  }

  /**
   * Its handler is done: that is the end, unless a receiver goes on.
   * @returns whether it is, and nobody has said so.
   */
  closeAfterHandler(): boolean {
    const { receiver } = this.#context
    if (this.#hasClosed || (receiver !== undefined && receiver !== this.#reader)) return false
    this.#context.close(this.#reader?.endError)
    return true
  }

  #read(): ConnectionReader {
    this.#reader ??= new ConnectionReader(this.#context, this.#onListenerError)
    return this.#reader
  }
}

/** @param path - where it is mapped, for the log. */
export function iterableConnectionHandler(
  path: string,
  handler: IterableConnectionHandler,
  log: RecurringLog,
): ConnectionHandler {
  const onListenerError = (error: unknown) =>
    log.error(`signalListenerFailed ${path}`, `A listener of the signal of a connection at ${path} failed.`, error)
  return context => {
    const connection = new IterableConnection(context, onListenerError)
    const running = handler(connection)
    if (running !== undefined)
      return running
        .catch(error => {
          if (!connection.isAborted(error)) throw error
        })
        .then(() => void connection.closeAfterHandler())
    if (connection.closeAfterHandler())
      log.warn(
        `connectionHandlerReturned ${path}`,
        `The handler of ${path} returned at once, so its connections close: it has to return a promise for as long as they live, or to set receiver.`,
      )
    return undefined
  }
}
