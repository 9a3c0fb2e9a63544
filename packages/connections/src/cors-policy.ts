import { ConfigurationError, type HttpRequest } from '@signalbox/abstractions'
import type { HttpResponse } from './host-port.js'

/**
 * Which web pages may connect. Without a list only pages of the same host may, and no CORS headers are sent.
 * CORS guards the HTTP requests, the origin check guards WebSockets, which CORS does not cover.
 * @source CorsMiddleware.cs, WebSocketMiddleware.cs; seen on ASP.NET Core 10.0.12
 */
export class CorsPolicy {
  readonly #allowed: ReadonlySet<string> | '*' | undefined

  /**
   * @param allowedOrigins - origins such as `https://app.example.com`, or `*` for any; undefined: same origin only.
   * @throws ConfigurationError for what no browser would send as its origin.
   */
  constructor(allowedOrigins: readonly string[] | '*' | undefined) {
    if (allowedOrigins === undefined || allowedOrigins === '*') this.#allowed = allowedOrigins
    else if (!Array.isArray(allowedOrigins)) throw notAllowed(allowedOrigins, "neither a list nor '*'")
    else this.#allowed = allowedOrigins.includes('*') ? '*' : new Set(allowedOrigins.map(checkedOrigin))
  }

  /** True for a request without an Origin: it does not come from a browser. */
  isOriginAllowed(request: HttpRequest): boolean {
    const origin = request.header('origin')
    return origin === undefined || this.#isListed(origin) || isSameOrigin(origin, request)
  }

  /** What every answer carries, errors included; without it a page cannot even see the status. */
  headersFor(request: HttpRequest): Readonly<Record<string, string>> | undefined {
    const origin = request.header('origin')
    if (origin === undefined || !this.#isListed(origin)) return undefined
    return {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      ...(this.#allowed === '*' || this.#allowed?.size !== 1 ? { Vary: 'Origin' } : undefined),
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
    if (this.#allowed === undefined || request.method !== 'OPTIONS' || method === undefined) return undefined
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

  /** Configured origins are lower-cased, the header is compared as it comes: browsers send it in lower case. */
  #isListed(origin: string): boolean {
    return this.#allowed === '*' || this.#allowed?.has(origin) === true
  }
}

const notAllowed = (value: unknown, reason: string) =>
  new ConfigurationError('allowedOrigins', `allowedOrigins: '${String(value)}' is ${reason}.`)

/** A host alone, or a slash or path at the end, would never match and nobody would know why. Pages without an origin send `null`. */
function checkedOrigin(origin: string): string {
  if (origin === 'null' || /^[a-z][a-z\d+.-]*:\/\/[^/?#]+$/i.test(origin)) return origin.toLowerCase()
  throw notAllowed(origin, 'no origin such as https://app.example.com')
}

/** Compared by host and port: behind a proxy that ends TLS the server does not know the page's scheme. */
function isSameOrigin(origin: string, request: HttpRequest): boolean {
  const separator = origin.indexOf('://')
  return separator > 0 && origin.slice(separator + 3).toLowerCase() === request.header('host')?.toLowerCase()
}
