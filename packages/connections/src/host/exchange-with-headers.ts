import type {
  BodyResult,
  HostSocketHandler,
  HostStream,
  HostStreamHandler,
  HttpExchange,
  HttpResponse,
} from './host-port.js'
import type { ReceivedRequest } from './received-request.js'

/**
 * An exchange whose every answer, 101 and refusals included, carries more headers: CORS, cookies of a load balancer.
 */
export class ExchangeWithHeaders implements HttpExchange {
  readonly request: ReceivedRequest
  readonly #exchange: HttpExchange
  readonly #headers: NonNullable<HttpResponse['headers']>

  /** @param request - as it was before it went through proxies, if it did. */
  constructor(exchange: HttpExchange, headers: NonNullable<HttpResponse['headers']>, request = exchange.request) {
    this.request = request
    this.#exchange = exchange
    this.#headers = headers
  }

  respond(response: HttpResponse): void {
    this.#exchange.respond(this.#add(response))
  }

  stream(response: HttpResponse, handler: HostStreamHandler, filler?: Uint8Array): HostStream {
    return this.#exchange.stream(this.#add(response), handler, filler)
  }

  acceptWebSocket(handler: HostSocketHandler, headers?: HttpResponse['headers']): void {
    this.#exchange.acceptWebSocket(handler, { ...headers, ...this.#headers })
  }

  readBody(limitBytes: number, done: (result: BodyResult) => void, admits?: (bytes: number) => boolean): void {
    this.#exchange.readBody(limitBytes, done, admits)
  }

  onAborted(listener: () => void): void {
    this.#exchange.onAborted(listener)
  }

  #add(response: HttpResponse): HttpResponse {
    return { ...response, headers: { ...response.headers, ...this.#headers } }
  }
}
