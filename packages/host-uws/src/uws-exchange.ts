import type { HttpResponse as UwsResponse, us_socket_context_t } from 'uWebSockets.js'
import { STATUS_CODES } from 'node:http'
import { ReceiveBuffer } from '@signalbox/abstractions'
import type {
  BodyResult,
  HostSocketHandler,
  HostStream,
  HostStreamHandler,
  HttpExchange,
  HttpResponse,
  RequestSnapshot,
} from '@signalbox/connections'
import { upgradeLate } from './late-upgrade.js'
import { type SocketData, UwsSocket } from './uws-socket.js'
import { UwsStream } from './uws-stream.js'

/** One request on uWebSockets.js. `context` is there when the route can turn it into a WebSocket. */
export class UwsExchange implements HttpExchange {
  readonly request: RequestSnapshot
  readonly #response: UwsResponse
  readonly #context: us_socket_context_t | undefined
  #isLate = false
  #isOver = false
  #abortListener: (() => void) | undefined

  constructor(response: UwsResponse, request: RequestSnapshot, context: us_socket_context_t | undefined) {
    this.#response = response
    this.request = request
    this.#context = context
  }

  get isOver(): boolean {
    return this.#isOver
  }

  respond(response: HttpResponse): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#response.cork(() => {
      this.#writeHead(response)
      const hasNoBody = response.status === 204 || this.request.method === 'HEAD'
      if (hasNoBody) this.#response.endWithoutBody()
      else this.#response.end(response.body)
    })
  }

  stream(response: HttpResponse, handler: HostStreamHandler, filler?: Uint8Array): HostStream {
    const out = this.#response
    const onEnd = () => {
      this.#isOver = true
    }
    const stream = new UwsStream(out, handler, onEnd, filler)
    this.#abortListener = () => stream.abort()
    out.cork(() => {
      this.#writeHead(response)
      if (response.body !== undefined) out.write(response.body)
    })
    return stream
  }

  acceptWebSocket(handler: HostSocketHandler, headers?: HttpResponse['headers']): void {
    if (this.#isOver || this.#context === undefined) {
      handler.onClose(false, undefined)
      return
    }
    if (this.#isLate) {
      const context = this.#context
      upgradeLate(
        this.#response,
        () => this.#isOver,
        () => this.#upgrade(context, handler, headers),
      )
    } else this.#upgrade(this.#context, handler, headers)
  }

  readBody(limitBytes: number, done: (result: BodyResult) => void, admits?: (bytes: number) => boolean): void {
    const bytes = new ReceiveBuffer()
    let length = 0
    let isTooLarge = false
    let isDone = false
    const finish = (result: BodyResult) => {
      if (isDone) return
      isDone = true
      this.#abortListener = undefined
      bytes.clear()
      done(result)
    }
    if (this.#isOver) return finish({ kind: 'aborted' })
    this.#abortListener = () => finish({ kind: 'aborted' })
    this.#response.onData((chunk, isLast) => {
      length += chunk.byteLength
      isTooLarge ||= length > limitBytes || admits?.(chunk.byteLength) === false
      if (isTooLarge) bytes.clear()
      else bytes.append(new Uint8Array(chunk)) // its memory is taken back when this returns
      if (!isLast) return
      if (isTooLarge) finish({ kind: 'tooLarge' })
      else finish({ kind: 'complete', bytes: bytes.take() })
    })
  }

  onAborted(listener: () => void): void {
    this.#abortListener = listener
  }

  /** The callback of the request is about to return, without an answer. */
  outliveRequest(): void {
    this.#isLate = true
    this.#response.onAborted(() => this.#abort())
  }

  /** The peer went away. */
  #abort(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#abortListener?.()
  }

  #upgrade(context: us_socket_context_t, handler: HostSocketHandler, headers: HttpResponse['headers']): void {
    if (this.#isOver) {
      handler.onClose(false, undefined)
      return
    }
    this.#isOver = true
    if (headers !== undefined) this.#writeHead({ status: 101, headers })
    const data: SocketData = { owner: new UwsSocket(handler) }
    // No subprotocol and no compression, whatever the client offers.
    this.#response.upgrade<SocketData>(data, this.request.header('sec-websocket-key') ?? '', '', '', context)
  }

  #writeHead(response: HttpResponse): void {
    const out = this.#response
    out.writeStatus(`${response.status} ${STATUS_CODES[response.status] ?? ''}`)
    for (const [name, value] of Object.entries(response.headers ?? {})) {
      if (typeof value === 'string') out.writeHeader(name, value)
      else for (const one of value) out.writeHeader(name, one)
    }
  }
}
