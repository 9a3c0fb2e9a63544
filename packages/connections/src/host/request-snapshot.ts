import { X509Certificate } from 'node:crypto'
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

  /**
   * All of it, for another node or process: JSON, so that no two versions can misread each other by a byte.
   * `RequestSnapshot.fromBytes` reads it.
   */
  toBytes(): Buffer {
    const { method, path, queryString, remoteAddress, scheme, params, clientCertificate } = this
    const certificate = clientCertificate?.raw.toString('base64') ?? null
    const parts = { method, path, queryString, remoteAddress, scheme, headers: this.#headers, params, certificate }
    return Buffer.from(JSON.stringify([version, parts]))
  }

  /** @throws Error that names the part which is not as `toBytes` writes it; it never shows what is in there. */
  static fromBytes(bytes: Uint8Array): RequestSnapshot {
    const parts = readParts(bytes)
    const { method, path, queryString, remoteAddress, headers, params } = parts
    const snapshot = new RequestSnapshot(
      method,
      path,
      queryString,
      remoteAddress,
      headers,
      parts.scheme,
      parts.certificate === null ? undefined : readCertificate(parts.certificate),
    )
    snapshot.params = params
    return snapshot
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

/** Of what `toBytes` writes. */
const version = 1
/** Four times what the hosts let through as a head. */
const mostBytes = 128 * 1024

interface Parts {
  readonly method: string
  readonly path: string
  readonly queryString: string
  readonly remoteAddress: string
  readonly scheme: 'http' | 'https'
  readonly headers: string
  readonly params: RouteParams
  readonly certificate: string | null
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What each part has to be; nothing that another node sends may become a header or an address that no host would let in. */
const isPart: { readonly [Name in keyof Parts]: (value: unknown) => boolean } = {
  method: value => isText(value) && /^[!#$%&'*+.^`|~\w-]{1,32}$/.test(value),
  path: value => isText(value) && /^\/[^\r\n\0]*$/.test(value),
  queryString: value => isText(value) && /^[^\r\n\0]*$/.test(value),
  remoteAddress: value => isText(value) && /^[\da-fA-F.:%\w-]{0,64}$/.test(value),
  scheme: value => value === 'http' || value === 'https',
  headers: value => isText(value) && /^\n(?:[!-9;-@[-~]+:[^\r\n\0]*\n)*$/.test(value),
  params: value => isRecord(value) && Object.values(value).every(isText),
  certificate: value => value === null || (isText(value) && /^[A-Za-z0-9+/]+={0,2}$/.test(value)),
}

function readParts(bytes: Uint8Array): Parts {
  if (bytes.length > mostBytes) throw new Error(`A request of ${bytes.length} bytes is more than ${mostBytes}.`)
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
  } catch {
    throw new Error('The bytes are no request: they are no JSON.')
  }
  if (!Array.isArray(parsed) || parsed[0] !== version || !isRecord(parsed[1]))
    throw new Error(`The bytes are no request of version ${version}.`)
  const parts = parsed[1]
  for (const [name, isRight] of Object.entries(isPart))
    if (!Object.hasOwn(parts, name) || !isRight(parts[name]))
      throw new Error(`The bytes are no request: its ${name} cannot be.`)
  return parts as unknown as Parts
}

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    throw new Error('The bytes are no request: its certificate cannot be.')
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
