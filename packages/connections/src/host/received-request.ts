import type { HttpRequest, RouteParams } from '@signalbox/abstractions'

/** A request before it is known which mapped path it is; whoever finds out sets `params`. */
export interface ReceivedRequest extends HttpRequest {
  params: RouteParams
}

/** What proxies tell of a request as it was before it went through them. */
export interface ForwardedParts {
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  /** Undefined where no proxy tells. */
  readonly host: string | undefined
}

/** A request as its client sent it to the first of the proxies. */
export class ForwardedRequest implements ReceivedRequest {
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  readonly #request: ReceivedRequest
  readonly #host: string | undefined

  constructor(request: ReceivedRequest, { remoteAddress, scheme, host }: ForwardedParts) {
    this.#request = request
    this.remoteAddress = remoteAddress
    this.scheme = scheme
    this.#host = host
  }

  get params(): RouteParams {
    return this.#request.params
  }

  set params(params: RouteParams) {
    this.#request.params = params
  }

  get method(): string {
    return this.#request.method
  }

  get path(): string {
    return this.#request.path
  }

  get queryString(): string {
    return this.#request.queryString
  }

  query(name: string): string | undefined {
    return this.#request.query(name)
  }

  /** `Host` is the one the client named. */
  header(name: string): string | undefined {
    return this.#host !== undefined && name.toLowerCase() === 'host' ? this.#host : this.#request.header(name)
  }

  cookie(name: string): string | undefined {
    return this.#request.cookie(name)
  }
}
