import type { X509Certificate } from 'node:crypto'

/** Values of a path's parameters by name. */
export type RouteParams = Readonly<Record<string, string>>

/** Those of a path without parameters. */
export const noParams: RouteParams = Object.freeze(Object.create(null))

/** The HTTP request behind a connection: a copy that outlives the request itself. */
export interface HttpRequest {
  /** Upper case, as sent. */
  readonly method: string
  /** Path without query, percent-escapes as sent. */
  readonly path: string
  /**
   * What stands in the path where `/hubs/:tenant` was mapped, decoded: `params.tenant`. Its case is the client's.
   * @source RouteValueDictionary
   */
  readonly params: RouteParams
  /** Raw query without the question mark; it may hold secrets (`id`, `access_token`): never log it. */
  readonly queryString: string
  /** As it reached this server; a proxy that ends TLS makes it `http`. */
  readonly scheme: 'http' | 'https'
  /**
   * The client's own certificate, where the server has asked for one and an authority that it names has signed it; else
   * undefined. On node:http only, and not through a proxy: the certificate there is the proxy's. @source
   * ConnectionInfo.ClientCertificate
   */
  readonly clientCertificate?: X509Certificate | undefined
  /** Text form of the peer's address, for example `127.0.0.1`. */
  readonly remoteAddress: string
  /**
   * First value of a query key, compared without regard to case as ASP.NET Core does; repeated keys join with a comma.
   */
  query(name: string): string | undefined
  /** Value of a header by its name in any case; repeated headers join with a comma and a blank. */
  header(name: string): string | undefined
  /** Value of a cookie, percent-escapes as sent. */
  cookie(name: string): string | undefined
}
