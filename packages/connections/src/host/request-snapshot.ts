import type { X509Certificate } from 'node:crypto'
import { type HttpRequest, noParams, type RouteParams } from '@signalbox/abstractions'

const lineFeed = 0x0a
const colon = 0x3a

/**
 * A request as a connection keeps it: the headers are one flat string (`\nname:value\n…`), not an object, because each
 * of many thousand idle connections holds one of these and hardly ever looks into it.
 */
export class RequestSnapshot implements HttpRequest {
  readonly method: string
  readonly path: string
  /** Set by whoever finds out which mapped path it is. */
  params: RouteParams = noParams
  readonly queryString: string
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  readonly clientCertificate: X509Certificate | undefined
  readonly #headers: string

  /** @param headers - `\nname:value` per header with lower-case names, and a final `\n`. */
  constructor(
    method: string,
    path: string,
    queryString: string,
    remoteAddress: string,
    headers: string,
    scheme: 'http' | 'https' = 'http',
    clientCertificate?: X509Certificate,
  ) {
    this.method = method
    this.path = path
    this.queryString = queryString
    this.remoteAddress = remoteAddress
    this.#headers = headers
    this.scheme = scheme
    this.clientCertificate = clientCertificate
  }

  header(name: string): string | undefined {
    const headers = this.#headers
    const wanted = name.toLowerCase()
    const separator = wanted === 'cookie' ? '; ' : ', ' // its own lists are separated by semicolons
    let value: string | undefined
    // No search key is put together: a handshake asks for eight headers, and they are its largest share of garbage.
    for (let at = headers.indexOf(wanted); at >= 0; at = headers.indexOf(wanted, at + 1)) {
      const start = at + wanted.length + 1
      if (headers.charCodeAt(at - 1) !== lineFeed || headers.charCodeAt(start - 1) !== colon) continue
      const one = headers.slice(start, headers.indexOf('\n', start))
      value = value === undefined ? one : `${value}${separator}${one}`
    }
    return value
  }

  query(name: string): string | undefined {
    return findQueryValue(this.queryString, name)
  }

  cookie(name: string): string | undefined {
    for (const pair of this.header('cookie')?.split(';') ?? []) {
      const at = pair.indexOf('=')
      if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
    }
    return undefined
  }
}

/**
 * Keys are compared without regard to case and repeated ones are joined with a comma.
 * @source IQueryCollection, StringValues
 */
function findQueryValue(queryString: string, name: string): string | undefined {
  if (queryString === '') return undefined
  const wanted = name.toLowerCase()
  let found: string | undefined
  for (const pair of queryString.split('&')) {
    const at = pair.indexOf('=')
    const key = decode(at < 0 ? pair : pair.slice(0, at))
    if (key.toLowerCase() !== wanted) continue
    const value = at < 0 ? '' : decode(pair.slice(at + 1))
    found = found === undefined ? value : `${found},${value}`
  }
  return found
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-f]{2})+/gi, escapes => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes // what is no UTF-8 stays as it is, as in ASP.NET Core
    }
  })
}
