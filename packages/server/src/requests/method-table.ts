import { noParams, type RouteParams } from '@signalbox/abstractions'
import type { HttpExchange } from '@signalbox/connections'

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export const httpMethods: readonly HttpMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export type Route = (exchange: HttpExchange) => void

/** What takes a request, and what its path says. */
export interface RouteMatch {
  readonly route: Route
  readonly params: RouteParams
  /** False where the path is mapped and the method is not: the route refuses it. */
  readonly takesMethod: boolean
}

const matchOf = (route: Route): RouteMatch => ({ route, params: noParams, takesMethod: true })

/** What one path does with each method. A HEAD is answered as a GET unless it has a route of its own. */
export class MethodTable {
  #any: RouteMatch | undefined
  readonly #byMethod = new Map<string, RouteMatch>()

  /** @param methods - undefined for any. @returns false when one of them is taken. */
  tryAdd(methods: readonly HttpMethod[] | undefined, route: Route): boolean {
    if (this.#any !== undefined) return false
    if (methods === undefined) {
      if (this.#byMethod.size > 0) return false
      this.#any = matchOf(route)
      return true
    }
    if (methods.some(method => this.#byMethod.has(method))) return false
    for (const method of methods) this.#byMethod.set(method, matchOf(route))
    return true
  }

  find(method: string): RouteMatch | undefined {
    return this.#any ?? this.#byMethod.get(method) ?? (method === 'HEAD' ? this.#byMethod.get('GET') : undefined)
  }

  /** What `Allow` says for a path that has these. */
  static allowed(tables: readonly MethodTable[]): string {
    return httpMethods.filter(method => tables.some(table => table.find(method) !== undefined)).join(', ')
  }
}
