import type { X509Certificate } from 'node:crypto'
import { type HttpRequest, type RouteParams, SignalRError } from '@signalbox/abstractions'
import { EarlyBody, type HttpExchange } from '@signalbox/connections'

/**
 * The body of a request is not what its handler reads. A handler that does not catch it answers with its status and its
 * message.
 */
export class RequestBodyError extends SignalRError {
  override readonly name = 'RequestBodyError'
  readonly code: 'SIGNALR_REQUEST_BODY' = 'SIGNALR_REQUEST_BODY'
  /** 400 no JSON, or cut off; 413 too large; 415 another content type. */
  readonly status: 400 | 413 | 415

  constructor(status: 400 | 413 | 415, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * A plain HTTP request as a handler of `mapRequest` gets it. Its body may be read at any time and any number of times.
 */
export interface IncomingRequest<TParams extends RouteParams = RouteParams> extends HttpRequest {
  readonly params: TParams
  /** The body; empty when there is none. @throws RequestBodyError (rejects) when it is too large or was cut off. */
  bytes(): Promise<Uint8Array>
  /** The body as UTF-8. @throws RequestBodyError (rejects) as `bytes` does. */
  text(): Promise<string>
  /**
   * The body as JSON. A content type other than `application/json` or `…+json` is refused, as in ASP.NET Core: web
   * pages of other origins can send those without being asked for permission first.
   * @throws RequestBodyError (rejects) as `bytes` does, and for another content type or what is no JSON.
   */
  json(): Promise<unknown>
}

export class ExchangeRequest implements IncomingRequest {
  readonly #request: HttpRequest
  readonly #body: EarlyBody | undefined
  readonly #maximumBytes: number
  #bytes: Promise<Uint8Array> | undefined

  /** @param maximumBytes - of the body. */
  constructor(exchange: HttpExchange, maximumBytes: number) {
    this.#request = exchange.request
    this.#maximumBytes = maximumBytes
    // At once: a handler that first waits for something would ask too late on a host that keeps nothing.
    this.#body = hasBody(exchange.request) ? new EarlyBody(exchange, maximumBytes) : undefined
  }

  bytes(): Promise<Uint8Array> {
    this.#bytes ??= harmless(this.#read())
    return this.#bytes
  }

  text(): Promise<string> {
    return harmless(this.bytes().then(bytes => new TextDecoder().decode(bytes)))
  }

  json(): Promise<unknown> {
    return harmless(this.#parse())
  }

  #read(): Promise<Uint8Array> {
    const body = this.#body
    if (body === undefined) return Promise.resolve(new Uint8Array())
    const limit = this.#maximumBytes
    return new Promise((resolve, reject) =>
      body.whenRead(result => {
        if (result.kind === 'complete') resolve(result.bytes)
        else if (result.kind === 'aborted') reject(new RequestBodyError(400, 'The body was cut off.'))
        else reject(new RequestBodyError(413, `The body has more than ${limit} bytes (maximumRequestBodySizeBytes).`))
      }),
    )
  }

  async #parse(): Promise<unknown> {
    const type = this.header('content-type') ?? ''
    if (!/^\s*(application\/json|[\w!#$&^.+-]+\/[\w!#$&^.+-]+\+json)\s*(;|$)/i.test(type))
      throw new RequestBodyError(415, 'The content type must be application/json.')
    const bytes = await this.bytes()
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      throw new RequestBodyError(400, 'The body is no JSON.')
    }
  }

  get method(): string {
    return this.#request.method
  }

  get path(): string {
    return this.#request.path
  }

  get params(): RouteParams {
    return this.#request.params
  }

  get queryString(): string {
    return this.#request.queryString
  }

  get clientCertificate(): X509Certificate | undefined {
    return this.#request.clientCertificate
  }

  get scheme(): 'http' | 'https' {
    return this.#request.scheme
  }

  get remoteAddress(): string {
    return this.#request.remoteAddress
  }

  query(name: string): string | undefined {
    return this.#request.query(name)
  }

  header(name: string): string | undefined {
    return this.#request.header(name)
  }

  cookie(name: string): string | undefined {
    return this.#request.cookie(name)
  }
}

const hasBody = (request: HttpRequest): boolean =>
  request.header('transfer-encoding') !== undefined || Number(request.header('content-length') ?? 0) > 0

/** Whoever awaits it still gets the rejection; a handler that does not must not end the process by it. */
function harmless<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
