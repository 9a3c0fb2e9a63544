import type { HubConnectionLike, StreamResult, StreamSubscriber, Subscription } from './hub-connection-like.js'
import { Upload } from './upload.js'

/** One call of a hub method: its name, and arguments of which some may be uploads. */
export class HubCall {
  readonly #connection: HubConnectionLike
  readonly #methodName: string
  readonly #args: readonly unknown[]
  readonly #uploads: readonly Upload[]

  /** @throws TypeError for two streams side by side. */
  constructor(connection: HubConnectionLike, methodName: string, args: readonly unknown[]) {
    this.#connection = connection
    this.#methodName = methodName
    refuseAdjacentStreams(methodName, args)
    this.#args = args.map(argument => (isAsyncIterable(argument) ? new Upload(argument, connection) : argument))
    this.#uploads = this.#args.filter(argument => argument instanceof Upload)
  }

  async invoke(): Promise<unknown> {
    try {
      return await this.#connection.invoke(this.#methodName, ...this.#args)
    } finally {
      this.#stopUploads()
    }
  }

  /** Nothing tells when the server is done: uploads go on to their end, or that of the connection. */
  send(): Promise<void> {
    return this.#connection.send(this.#methodName, ...this.#args)
  }

  stream(subscriber: StreamSubscriber<unknown>): Subscription {
    let isOver = false
    const end = () => {
      isOver = true
      this.#stopUploads()
    }
    const subscription = this.#connection.stream(this.#methodName, ...this.#args).subscribe({
      next: item => subscriber.next(item),
      error: error => {
        end()
        subscriber.error(error)
      },
      complete: () => {
        end()
        subscriber.complete()
      },
    })
    return {
      dispose: () => {
        // The client would send a cancellation for a stream that is over, too.
        if (isOver) return
        end()
        subscription.dispose()
      },
    }
  }

  /** With the call the server forgets its uploads; items that come later are for nobody. */
  #stopUploads(): void {
    for (const upload of this.#uploads) upload.stop()
  }
}

/**
 * The client takes the streams out of the arguments, and overlooks the argument behind each: a second stream there
 * would go out as a value.
 * @source `_replaceStreamingParams` in HubConnection.ts of @microsoft/signalr 8.0 to 10.0
 */
function refuseAdjacentStreams(methodName: string, args: readonly unknown[]): void {
  if (args.some((argument, index) => isStream(argument) && isStream(args[index + 1])))
    throw new TypeError(
      `'${methodName}' has two streams side by side, which the SignalR client cannot send: put a value between them.`,
    )
}

const isStream = (argument: unknown): boolean => isAsyncIterable(argument) || isStreamResult(argument)

function isAsyncIterable(argument: unknown): argument is AsyncIterable<unknown> {
  return typeof (argument as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] === 'function'
}

function isStreamResult(argument: unknown): boolean {
  return typeof (argument as Partial<StreamResult<unknown>> | null | undefined)?.subscribe === 'function'
}
