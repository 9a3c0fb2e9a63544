import {
  type CompletionMessage,
  type HubMessage,
  type InvocationMessage,
  JsonHubProtocol,
  MessageType,
} from '@signalbox/protocol'
import type { HubConnectionLike, StreamResult, StreamSubscriber } from '@signalbox/typed-client'

/** How the hub ended a connection. */
export interface ClientEnd {
  readonly error: string | undefined
  readonly allowReconnect: boolean
  /** What the hub logged as it failed, if it did. */
  readonly cause?: unknown
}

/** What a client is told. */
export interface ClientConnectionOwner {
  onInvocation(target: string, args: readonly unknown[]): void
  /** The connection is over. */
  onClose(): void
  /** @returns what an error of a call is caused by, as far as the server knows. */
  causeOf(): unknown
}

const notConnected = "Cannot send data if the connection is not in the 'Connected' State."
const lost = 'Invocation canceled due to the underlying connection being closed.'
const noHandler = "Client didn't provide a result."

type Handler = (...args: unknown[]) => unknown

/**
 * The client's half of the JSON hub protocol, with the texts and habits of the official JavaScript client. It has the
 * members of that client that a typed one is made of.
 */
export class ClientConnection implements HubConnectionLike {
  readonly connectionId: string
  readonly #protocol = new JsonHubProtocol()
  readonly #owner: ClientConnectionOwner
  readonly #write: (bytes: Uint8Array) => void
  readonly #handlers = new Map<string, Set<Handler>>()
  readonly #calls = new Map<string, StreamSubscriber<unknown>>()
  #nextId = 0
  state: 'Connected' | 'Disconnected' = 'Connected'
  /** The server's Close. */
  end: ClientEnd | undefined

  constructor(connectionId: string, owner: ClientConnectionOwner, write: (bytes: Uint8Array) => void) {
    this.connectionId = connectionId
    this.#owner = owner
    this.#write = write
  }

  async invoke(methodName: string, ...args: unknown[]): Promise<unknown> {
    let result: unknown
    await new Promise<void>((resolve, reject) => {
      const next = (value: unknown): void => {
        result = value
      }
      this.#call(MessageType.Invocation, methodName, args, { next, error: reject, complete: resolve })
    })
    return result
  }

  async send(methodName: string, ...args: unknown[]): Promise<void> {
    this.#call(MessageType.Invocation, methodName, args, undefined)
  }

  stream(methodName: string, ...args: unknown[]): StreamResult<unknown> {
    return {
      subscribe: subscriber => {
        const invocationId = this.#call(MessageType.StreamInvocation, methodName, args, subscriber)
        return {
          dispose: () => {
            if (this.#calls.delete(invocationId))
              this.#send({ type: MessageType.CancelInvocation, headers: undefined, invocationId })
          },
        }
      },
    }
  }

  on(methodName: string, handler: Handler): void {
    const name = methodName.toLowerCase()
    this.#handlers.set(name, (this.#handlers.get(name) ?? new Set()).add(handler))
  }

  off(methodName: string, handler: Handler): void {
    this.#handlers.get(methodName.toLowerCase())?.delete(handler)
  }

  /** The server's answer to the handshake. */
  readHandshake(json: string): void {
    const { error } = JSON.parse(json) as { readonly error?: string }
    if (error !== undefined) this.#close(error, false)
  }

  /** A message of the server. */
  read(json: string): void {
    // As the JavaScript client does, and not by the server's own reader: a value is here what it is there.
    const message = JSON.parse(json) as HubMessage
    switch (message.type) {
      case MessageType.Invocation:
        this.#owner.onInvocation(message.target, message.arguments)
        queueMicrotask(() => void this.#handle(message))
        break
      case MessageType.StreamItem:
        this.#calls.get(message.invocationId)?.next(message.item)
        break
      case MessageType.Completion:
        this.#complete(message)
        break
      case MessageType.Close:
        this.#close(message.error, message.allowReconnect === true)
        break
    }
  }

  /** The connection is over: nothing is answered any more. */
  disconnect(): void {
    this.state = 'Disconnected'
    for (const call of this.#calls.values()) call.error(new Error(lost))
    this.#calls.clear()
    this.#owner.onClose()
  }

  #close(error: string | undefined, allowReconnect: boolean): void {
    const cause = this.#owner.causeOf()
    this.end = { error, allowReconnect, ...(cause === undefined ? undefined : { cause }) }
    this.disconnect()
  }

  #complete(message: CompletionMessage): void {
    const { invocationId, error } = message
    const call = this.#calls.get(invocationId)
    this.#calls.delete(invocationId)
    if (call === undefined) return
    if (error !== undefined) {
      const cause = this.#owner.causeOf()
      call.error(new Error(error, cause === undefined ? undefined : { cause }))
      return
    }
    if ('result' in message) call.next(message.result)
    call.complete()
  }

  /** @param caller - undefined wants no answer. @returns the id of the call. @throws when the connection is over. */
  #call(
    type: typeof MessageType.Invocation | typeof MessageType.StreamInvocation,
    target: string,
    args: readonly unknown[],
    caller: StreamSubscriber<unknown> | undefined,
  ): string {
    const invocationId = String(this.#nextId++)
    const uploads = args.filter(isStream)
    const streamIds = uploads.map(() => String(this.#nextId++))
    if (caller !== undefined && this.state === 'Connected') this.#calls.set(invocationId, caller)
    try {
      this.#send({
        type,
        headers: undefined,
        invocationId: caller === undefined ? undefined : invocationId,
        target,
        arguments: args.filter(argument => !isStream(argument)),
        streamIds: streamIds.length === 0 ? undefined : streamIds,
      } as HubMessage)
    } catch (error) {
      this.#calls.delete(invocationId)
      throw error
    }
    for (const [index, upload] of uploads.entries()) this.#upload(upload, streamIds[index]!)
    return invocationId
  }

  #upload(upload: StreamResult<unknown>, invocationId: string): void {
    const end = (error: string | undefined): void => {
      if (this.state !== 'Connected') return
      const outcome = { error, result: undefined, hasResult: false }
      this.#send({ type: MessageType.Completion, headers: undefined, invocationId, ...outcome })
    }
    upload.subscribe({
      next: item => this.#send({ type: MessageType.StreamItem, headers: undefined, invocationId, item }),
      error: error => end(String(error)),
      complete: () => end(undefined),
    })
  }

  /** With an invocation id the server waits for a result. */
  async #handle({ target, arguments: args, invocationId }: InvocationMessage): Promise<void> {
    const handlers = [...(this.#handlers.get(target.toLowerCase()) ?? [])]
    let result: unknown
    let error = handlers.length === 0 ? noHandler : undefined
    for (const handler of handlers) {
      try {
        result = await handler(...args)
      } catch (thrown) {
        error = String(thrown)
      }
    }
    if (invocationId === undefined || this.state !== 'Connected') return
    if (error === undefined && result === undefined) error = noHandler
    const outcome =
      error === undefined ? { error, result, hasResult: true } : { error, result: undefined, hasResult: false }
    this.#send({ type: MessageType.Completion, headers: undefined, invocationId, ...outcome })
  }

  #send(message: HubMessage): void {
    if (this.state !== 'Connected') throw new Error(notConnected)
    this.#write(this.#protocol.writeMessage(message))
  }
}

const isStream = (argument: unknown): argument is StreamResult<unknown> =>
  typeof (argument as Partial<StreamResult<unknown>> | null | undefined)?.subscribe === 'function'
