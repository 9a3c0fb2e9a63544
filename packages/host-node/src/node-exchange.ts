import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  BodyResult,
  HostSocketHandler,
  HostStream,
  HostStreamHandler,
  HttpExchange,
  HttpResponse,
  RequestSnapshot,
} from '@signalbox/connections'
import type { BodyRates } from './body-rates.js'
import { BodyReader } from './body-reader.js'
import { NodeStream } from './node-stream.js'

/** One request on node:http. */
export class NodeExchange implements HttpExchange {
  readonly request: RequestSnapshot
  protected readonly response: ServerResponse
  readonly #incoming: IncomingMessage
  readonly #bodyRates: BodyRates
  #isOver = false
  #abortListener: (() => void) | undefined

  constructor(incoming: IncomingMessage, response: ServerResponse, request: RequestSnapshot, bodyRates: BodyRates) {
    this.request = request
    this.response = response
    this.#incoming = incoming
    this.#bodyRates = bodyRates
    response.on('error', () => {}) // a write that met the end of the peer; the close tells
    response.once('close', () => this.abort())
  }

  get isOver(): boolean {
    return this.#isOver
  }

  respond(response: HttpResponse): void {
    if (!this.tryFinish()) return
    const { status, headers, body = '' } = response
    if (status === 204 || this.request.method === 'HEAD') {
      this.response.writeHead(status, copyHeaders(headers)).end()
      return
    }
    this.response.writeHead(status, { ...copyHeaders(headers), 'Content-Length': Buffer.byteLength(body) }).end(body)
  }

  stream({ status, headers, body }: HttpResponse, handler: HostStreamHandler): HostStream {
    const stream = new NodeStream(this.response, handler, () => this.tryFinish())
    this.#abortListener = () => stream.abort()
    if (this.#isOver) return stream
    this.response.writeHead(status, copyHeaders(headers))
    if (body === undefined) this.response.flushHeaders()
    else stream.write(typeof body === 'string' ? Buffer.from(body) : body)
    return stream
  }

  /** Node has kept the connection to HTTP, so this request is no handshake. */
  acceptWebSocket(handler: HostSocketHandler, _headers?: HttpResponse['headers']): void {
    handler.onClose(false, undefined)
  }

  readBody(limitBytes: number, done: (result: BodyResult) => void, admits?: (bytes: number) => boolean): void {
    if (this.#isOver) return done({ kind: 'aborted' })
    const onRead = (result: BodyResult) => {
      // The answer to half a request ends its connection, since nobody knows where the next request would begin.
      if (result.kind === 'aborted') this.response.shouldKeepAlive = false
      done(result)
    }
    new BodyReader(this.#incoming, this.#bodyRates, limitBytes, onRead, admits)
  }

  onAborted(listener: () => void): void {
    this.#abortListener = listener
  }

  /** The peer went away. */
  protected abort(): void {
    if (this.tryFinish()) this.#abortListener?.()
  }

  /** @returns false when the exchange was over already. */
  protected tryFinish(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    return true
  }
}

const copyHeaders = (headers: HttpResponse['headers']): Record<string, string | string[]> =>
  headers as Record<string, string | string[]>
