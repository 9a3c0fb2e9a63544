import { RequestSnapshot } from '@signalbox/connections'

export interface RequestParts {
  readonly method?: string
  readonly path?: string
  readonly queryString?: string
  readonly remoteAddress?: string
  readonly scheme?: 'http' | 'https'
  /** In order; a name may come more than once. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

/** A request as a host copies it. */
export function requestWith({
  method = 'GET',
  path = '/',
  queryString = '',
  remoteAddress = '127.0.0.1',
  scheme = 'http',
  headers = [],
}: RequestParts): RequestSnapshot {
  const lines = headers.map(([name, value]) => `${name.toLowerCase()}:${value}`)
  return new RequestSnapshot(method, path, queryString, remoteAddress, ['', ...lines, ''].join('\n'), scheme)
}
