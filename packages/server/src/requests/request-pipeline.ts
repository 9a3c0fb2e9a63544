import { type HttpRequest, plainResult, printable, type RecurringLog } from '@signalbox/abstractions'
import {
  type CorsPolicy,
  ExchangeWithHeaders,
  type Host,
  type HttpExchange,
  type HttpResponse,
  logRefusal,
  type TrustedProxies,
  whyOriginIsRefused,
} from '@signalbox/connections'
import { checkHeaders } from './request-handler.js'
import { type Router, refuseUnknownPath } from './router.js'

export interface RequestPipelineOptions {
  /** Go before those of a host. */
  readonly trustedProxies: TrustedProxies | undefined
  readonly responseHeaders: ((request: HttpRequest) => HttpResponse['headers']) | undefined
  /** The gates of extensions. */
  readonly admitRequest: ((request: HttpRequest) => HttpResponse | undefined) | undefined
}

/**
 * What every request passes, whichever host it comes from: proxies, headers for its answer, CORS, and the route of its
 * path.
 */
export class RequestPipeline {
  readonly #router: Router
  readonly #cors: CorsPolicy
  readonly #options: RequestPipelineOptions
  readonly #recurringLog: RecurringLog

  constructor(router: Router, cors: CorsPolicy, recurringLog: RecurringLog, options: RequestPipelineOptions) {
    this.#router = router
    this.#cors = cors
    this.#recurringLog = recurringLog
    this.#options = options
  }

  /** Whatever goes wrong in here ends this request only. */
  handle(exchange: HttpExchange, host: Host): void {
    const proxies = this.#options.trustedProxies ?? host.trustedProxies
    const request = proxies?.read(exchange.request) ?? exchange.request
    try {
      const match = this.#router.find(request.path, request.method)
      if (match !== undefined) request.params = match.params
      const answered = this.#withHeaders(exchange, request)
      if (match !== undefined && this.#cors.isForeignPreflight(request))
        this.#recurringLog.warn(
          'originRefused',
          `A preflight of ${printable(request.path)} gets no CORS headers: ${whyOriginIsRefused(request)}`,
        )
      const preflight = this.#cors.answerPreflight(request)
      if (preflight !== undefined) answered.respond(preflight)
      else if (this.#isRefused(answered)) return
      else if (match !== undefined) match.route(answered)
      else this.#refuseUnknownPath(answered)
    } catch (error) {
      const { method, path } = request
      this.#recurringLog.error('requestFailed', `A ${printable(method)} to ${printable(path)} failed.`, error)
      exchange.respond({ status: 500 })
    }
  }

  #isRefused(exchange: HttpExchange): boolean {
    const response = this.#options.admitRequest?.(exchange.request)
    if (response === undefined) return false
    logRefusal(this.#recurringLog, exchange.request, { cause: 'requestNotAdmitted', response })
    exchange.respond(response)
    return true
  }

  #refuseUnknownPath(exchange: HttpExchange): void {
    const refusal = refuseUnknownPath(exchange.request, this.#router.endpointPaths)
    logRefusal(this.#recurringLog, exchange.request, refusal)
    exchange.respond(refusal.response)
  }

  /** @returns an exchange whose every answer has the headers that are added to all. */
  #withHeaders(exchange: HttpExchange, request: HttpExchange['request']): HttpExchange {
    const cors = this.#cors.headersFor(request)
    const headers = this.#responseHeaders(request)
    if (cors === undefined && headers === undefined && request === exchange.request) return exchange
    return new ExchangeWithHeaders(exchange, { ...headers, ...cors } satisfies HttpResponse['headers'], request)
  }

  /** @throws Error that names the option; what the application threw is its cause. */
  #responseHeaders(request: HttpRequest): HttpResponse['headers'] {
    const { responseHeaders } = this.#options
    if (responseHeaders === undefined) return undefined
    try {
      return checkHeaders(plainResult('responseHeaders', responseHeaders(request), isObjectOrNone, 'an object'))
    } catch (cause) {
      throw new Error('responseHeaders failed.', { cause })
    }
  }
}

const isObjectOrNone = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && !('then' in value))
