import type { HttpRequest, RecurringLog } from '@signalbox/abstractions'
import type { HttpResponse } from '../host/host-port.js'
import { type AllowedOrigins, createOriginRule, type OriginRule } from './allowed-origins.js'

/**
 * Which web pages may connect. Without a list only pages of the same host may, and no CORS headers are sent.
 * CORS guards the HTTP requests, the origin check guards WebSockets, which CORS does not cover.
 * @source CorsMiddleware.cs, WebSocketMiddleware.cs; seen on ASP.NET Core 10.0.12
 */
export class CorsPolicy {
  /** Undefined: same origin only. */
  readonly #rule: OriginRule | undefined

  /** @throws ConfigurationError for what no browser would send as its origin. */
  constructor(allowedOrigins: AllowedOrigins | undefined, log: RecurringLog) {
    if (allowedOrigins !== undefined) this.#rule = createOriginRule(allowedOrigins, log)
  }

  /** Whether every page there is may connect. */
  get admitsAll(): boolean {
    return this.#rule?.admitsAll === true
  }

  /** True for a request without an Origin: it does not come from a browser. */
  isOriginAllowed(request: HttpRequest): boolean {
    const origin = request.header('origin')
    return origin === undefined || this.#isListed(origin, request) || isSameOrigin(origin, request)
  }

  /** What every answer carries, errors included; without it a page cannot even see the status. */
  headersFor(request: HttpRequest): Readonly<Record<string, string>> | undefined {
    const origin = request.header('origin')
    if (origin === undefined || !this.#isListed(origin, request)) return undefined
    return {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      ...(this.#rule?.varies === true ? { Vary: 'Origin' } : undefined),
    }
  }

  /** Asks for a page that will not be let in: its browser sends nothing after this. */
  isForeignPreflight(request: HttpRequest): boolean {
    const isPreflight = request.method === 'OPTIONS' && request.header('access-control-request-method') !== undefined
    return isPreflight && !this.isOriginAllowed(request)
  }

  /** @returns the answer to a preflight; undefined when the request is none or CORS is off. */
  answerPreflight(request: HttpRequest): HttpResponse | undefined {
    const method = request.header('access-control-request-method')
    if (this.#rule === undefined || request.method !== 'OPTIONS' || method === undefined) return undefined
    if (request.header('origin') === undefined) return undefined
    const origin = this.headersFor(request)
    if (origin === undefined) return { status: 204 }
    const asked = request.header('access-control-request-headers')
    return {
      status: 204,
      headers: {
        'Access-Control-Allow-Methods': method,
        ...(asked === undefined ? undefined : { 'Access-Control-Allow-Headers': asked }),
      },
    }
  }

  #isListed(origin: string, request: HttpRequest): boolean {
    return this.#rule?.isListed(origin, request) === true
  }
}

/**
 * Compared by host and port, of which the one that the page's scheme implies may be there or not. The schemes may
 * differ in one way only: behind a proxy that ends TLS, and is not trusted to say so, the server does not know that the
 * page's is https.
 */
function isSameOrigin(origin: string, request: HttpRequest): boolean {
  const [, scheme, authority] = /^(https?):\/\/(.+)$/.exec(origin) ?? []
  const host = request.header('host')
  if (scheme === undefined || authority === undefined || host === undefined) return false
  if (request.scheme === 'https' && scheme === 'http') return false
  return withoutImpliedPort(scheme, authority) === withoutImpliedPort(scheme, host)
}

const withoutImpliedPort = (scheme: string, authority: string): string =>
  authority.toLowerCase().replace(scheme === 'https' ? /:443$/ : /:80$/, '')
