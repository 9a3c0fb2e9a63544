import { RequestSnapshot } from '../request-snapshot.js'

export interface RequestParts {
  readonly method?: string
  readonly path?: string
  readonly queryString?: string
  /** In order; a name may come more than once. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

/** A request as a host copies it. */
export function requestWith({
  method = 'GET',
  path = '/',
  queryString = '',
  headers = [],
}: RequestParts): RequestSnapshot {
  const lines = headers.map(([name, value]) => `${name.toLowerCase()}:${value}`)
  return new RequestSnapshot(method, path, queryString, '127.0.0.1', ['', ...lines, ''].join('\n'))
}
