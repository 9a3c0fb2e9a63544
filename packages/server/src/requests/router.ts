import { ConfigurationError, type HttpRequest, noParams, printable } from '@signalbox/abstractions'
import {
  type ConnectionDispatcher,
  type ConnectionEndpoint,
  type HttpExchange,
  isWebSocketHandshake,
  notFound,
  type Refusal,
} from '@signalbox/connections'
import { type HttpMethod, MethodTable, type Route, type RouteMatch } from './method-table.js'
import { PathPattern, plain, readPrefix, segmentsOf } from './path-pattern.js'

/**
 * Finds what is mapped: the path as it is, then paths with parameters, then prefixes. One that does not take the method
 * is passed over as long as another one does, as in ASP.NET Core.
 */
export class Router {
  readonly #exact = new Map<string, MethodTable>()
  /** Those that say more come first. */
  readonly #patterns: { readonly pattern: PathPattern; readonly methods: MethodTable }[] = []
  /** Prefixes end with a slash; the longest that fits wins. */
  readonly #prefixes: { readonly prefix: string; readonly methods: MethodTable }[] = []
  readonly #dispatcher: ConnectionDispatcher
  /** Of hubs and raw connections, as they were mapped. */
  readonly endpointPaths: string[] = []

  constructor(dispatcher: ConnectionDispatcher) {
    this.#dispatcher = dispatcher
  }

  /** @throws ConfigurationError when the path is none, or taken. */
  mapEndpoint(path: string, endpoint: ConnectionEndpoint): void {
    new PathPattern(path) // what is no path has to be named as it is, not with what is put behind it
    const base = path.replace(/\/$/, '')
    this.#map(path, undefined, exchange => this.#dispatcher.dispatch(exchange, endpoint))
    this.#map(`${base}/negotiate`, undefined, exchange => this.#dispatcher.negotiate(exchange, endpoint))
    this.endpointPaths.push(path)
    const { authentication } = endpoint
    if (authentication?.options.enableAuthenticationRefresh === true)
      this.#map(`${base}/refresh`, undefined, exchange => this.#dispatcher.refresh(exchange, endpoint, authentication))
  }

  /**
   * @param path - a path, or a prefix that ends with `*`.
   * @param methods - undefined for any.
   * @throws ConfigurationError when the path is none, or taken.
   */
  mapRequest(path: string, methods: readonly HttpMethod[] | undefined, route: Route): void {
    if (typeof path !== 'string' || !path.endsWith('*')) this.#map(path, methods, route)
    else this.#mapPrefix(path, methods, route)
  }

  find(path: string, method: string): RouteMatch | undefined {
    const normal = plain(path)
    const found = this.#exact.get(normal)
    const exact = found?.find(method)
    if (exact !== undefined) return exact
    const others: MethodTable[] = found === undefined ? [] : [found]
    if (this.#patterns.length > 0) {
      const segments = segmentsOf(path)
      for (const { pattern, methods } of this.#patterns) {
        const params = pattern.match(segments)
        if (params === undefined) continue
        const match = methods.find(method)
        if (match !== undefined) return { ...match, params }
        others.push(methods)
      }
    }
    for (const { prefix, methods } of this.#prefixes) {
      if (!`${normal}/`.startsWith(prefix)) continue
      const match = methods.find(method)
      if (match !== undefined) return match
      others.push(methods)
    }
    return others.length === 0 ? undefined : refuseMethod(MethodTable.allowed(others))
  }

  #map(path: string, methods: readonly HttpMethod[] | undefined, route: Route): void {
    const pattern = new PathPattern(path)
    if (!pattern.hasParams) {
      const table = this.#exact.get(pattern.key) ?? new MethodTable()
      if (!table.tryAdd(methods, route)) throw taken(path)
      this.#exact.set(pattern.key, table)
      return
    }
    const same = this.#patterns.find(other => other.pattern.key === pattern.key)
    if (same !== undefined && same.pattern.names !== pattern.names) {
      const message = `The path ${path} is mapped already with other names of parameters: ${same.pattern.names}.`
      throw new ConfigurationError('path', message)
    }
    const table = same?.methods ?? new MethodTable()
    if (!table.tryAdd(methods, route)) throw taken(path)
    if (same !== undefined) return
    this.#patterns.push({ pattern, methods: table })
    this.#patterns.sort((a, b) => a.pattern.precedence.localeCompare(b.pattern.precedence))
  }

  #mapPrefix(path: string, methods: readonly HttpMethod[] | undefined, route: Route): void {
    const prefix = readPrefix(path)
    const same = this.#prefixes.find(other => other.prefix === prefix)
    const table = same?.methods ?? new MethodTable()
    if (!table.tryAdd(methods, route)) throw taken(path)
    if (same !== undefined) return
    this.#prefixes.push({ prefix, methods: table })
    this.#prefixes.sort((a, b) => b.prefix.length - a.prefix.length)
  }
}

const taken = (path: string) => new ConfigurationError('path', `The path ${path} is mapped already.`)

/** The path is there, the method is not. @source HttpMethodMatcherPolicy */
function refuseMethod(allowed: string): RouteMatch {
  const headers = { Allow: allowed }
  const route = (exchange: HttpExchange) =>
    exchange.respond({ status: exchange.request.method === 'OPTIONS' ? 204 : 405, headers })
  return { route, params: noParams, takesMethod: false }
}

const noSuchPath: Refusal = { cause: 'noSuchPath', response: notFound }
const negotiateEnding = /\/negotiate\/?$/i
const mostPathsNamed = 10

/**
 * Nothing is mapped where a request goes. That is normal in the open internet, but who negotiates, or begins a
 * WebSocket, is a client with another path than `mapHub` has.
 * @param endpointPaths - where hubs are mapped.
 */
export function refuseUnknownPath(request: HttpRequest, endpointPaths: readonly string[]): Refusal {
  const isNegotiate = request.method === 'POST' && negotiateEnding.test(request.path)
  if (endpointPaths.length === 0 || !(isNegotiate || isWebSocketHandshake(request))) return noSuchPath
  const path = isNegotiate ? request.path.replace(negotiateEnding, '') : request.path
  const named = endpointPaths.slice(0, mostPathsNamed).join(', ')
  const more = endpointPaths.length > mostPathsNamed ? '…' : ''
  return {
    ...noSuchPath,
    cause: 'noHubAtPath',
    reason: `no hub is mapped at ${printable(path === '' ? '/' : path)}, there are ${named}${more}. The client's URL and mapHub need the same path.`,
  }
}
