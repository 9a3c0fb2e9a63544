import type { HttpRequest } from '@signalbox/abstractions'
import { ConfigurationError } from '@signalbox/abstractions'
import {
  type ConnectionDispatcher,
  type ConnectionEndpoint,
  type HttpExchange,
  type HttpResponse,
  notFound,
} from '@signalbox/connections'
import { checkResponse } from './check-response.js'

/** Answers a plain HTTP request; undefined is 404. */
export type RequestHandler = (request: HttpRequest) => HttpResponse | undefined | Promise<HttpResponse | undefined>

type Route = (exchange: HttpExchange) => void

/** Paths match without regard to case and tolerate a slash at the end, as in ASP.NET Core. */
export class Router {
  readonly #exact = new Map<string, Route>()
  /** Prefixes end with a slash; the longest that fits wins. */
  readonly #prefixes: { readonly prefix: string; readonly route: Route }[] = []
  readonly #dispatcher: ConnectionDispatcher
  /** Of hubs and raw connections, as they were mapped. */
  readonly endpointPaths: string[] = []

  constructor(dispatcher: ConnectionDispatcher) {
    this.#dispatcher = dispatcher
  }

  mapEndpoint(path: string, endpoint: ConnectionEndpoint): void {
    const base = path === '/' ? '' : normalize(path)
    this.#map(base === '' ? '/' : base, exchange => this.#dispatcher.dispatch(exchange, endpoint))
    this.#map(`${base}/negotiate`, exchange => this.#dispatcher.negotiate(exchange, endpoint))
    this.endpointPaths.push(path)
    const { authentication } = endpoint
    if (authentication?.options.enableAuthenticationRefresh === true)
      this.#map(`${base}/refresh`, exchange => this.#dispatcher.refresh(exchange, endpoint, authentication))
  }

  /** @param path - a path, or a prefix that ends with `*`. */
  mapRequest(path: string, onFailure: (error: unknown) => void, handler: RequestHandler): void {
    const route: Route = exchange => answer(exchange, handler, onFailure)
    if (!path.endsWith('*')) {
      this.#map(normalize(path), route)
      return
    }
    const prefix = checked(path).slice(0, -1).toLowerCase()
    if (this.#prefixes.some(other => other.prefix === prefix)) throw taken(path)
    this.#prefixes.push({ prefix, route })
    this.#prefixes.sort((a, b) => b.prefix.length - a.prefix.length)
  }

  find(path: string): Route | undefined {
    const normal = normalize(unescapePath(path))
    return this.#exact.get(normal) ?? this.#prefixes.find(({ prefix }) => `${normal}/`.startsWith(prefix))?.route
  }

  #map(path: string, route: Route): void {
    if (this.#exact.has(path)) throw taken(path)
    this.#exact.set(checked(path), route)
  }
}

const taken = (path: string) => new ConfigurationError('path', `The path ${path} is mapped already.`)

/** Escapes in a request's path count as what they stand for; what is no valid escape matches nothing but itself. */
function unescapePath(path: string): string {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function normalize(path: string): string {
  if (typeof path !== 'string') throw new ConfigurationError('path', `A path must be a text, but is ${String(path)}.`)
  const lower = path.toLowerCase()
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower
}

function checked(path: string): string {
  if (path.startsWith('/')) return path
  throw new ConfigurationError('path', `The path '${path}' must begin with a slash.`)
}

/** A handler that fails is the application's fault: 500 without details. */
function answer(exchange: HttpExchange, handler: RequestHandler, onFailure: (error: unknown) => void): void {
  const fail = (error: unknown) => {
    onFailure(error)
    exchange.respond({ status: 500 })
  }
  const respond = (response: HttpResponse | undefined) => exchange.respond(checkResponse(response ?? notFound))
  try {
    const response = handler(exchange.request)
    if (response instanceof Promise) response.then(respond).catch(fail)
    else respond(response)
  } catch (error) {
    fail(error)
  }
}
