import {
  ConfigurationError,
  type HttpRequest,
  type OptionKind,
  plainResult,
  type RecurringLog,
} from '@signalbox/abstractions'

/**
 * Which origins of web pages may connect: a list of them, in which `https://*.example.com` stands for all subdomains;
 * `'*'` for any; or a function that is asked for each request with an `Origin`, sometimes twice, and answers at once.
 */
export type AllowedOrigins = '*' | readonly string[] | ((origin: string, request: HttpRequest) => boolean)

/** The option of this name, ready to be asked. */
export interface OriginRule {
  isListed(origin: string, request: HttpRequest): boolean
  /** Whether answers differ by origin, so that caches must keep them apart. */
  readonly varies: boolean
  /** Whether there is no page that may not connect. */
  readonly admitsAll: boolean
}

export const takesOrigins: OptionKind<AllowedOrigins> = {
  description: "a list such as `['https://*.example.com']`, `'*'`, or a function `(origin, request) => boolean`",
  check(allowed) {
    if (typeof allowed !== 'function') entriesOf(allowed)
  },
}

/** @throws ConfigurationError for what no browser would ever send as its origin. */
export function createOriginRule(allowed: AllowedOrigins, log: RecurringLog): OriginRule {
  if (typeof allowed === 'function')
    return { isListed: (origin, request) => ask(allowed, origin, request, log), varies: true, admitsAll: false }
  const entries = entriesOf(allowed)
  if (entries.includes('*')) return { isListed: () => true, varies: true, admitsAll: true }
  const exact = new Set(entries.filter(entry => !entry.includes('*')))
  const subdomains = entries.filter(entry => entry.includes('*')).map(entry => entry.split('*') as [string, string])
  return {
    isListed: origin => exact.has(origin) || subdomains.some(([start, end]) => isBetween(origin, start, end)),
    varies: exact.size !== 1 || subdomains.length > 0,
    admitsAll: false,
  }
}

/** @throws ConfigurationError */
function entriesOf(allowed: unknown): readonly string[] {
  if (allowed === '*') return ['*']
  if (!Array.isArray(allowed)) throw notAllowed(allowed, "neither a list, nor '*', nor a function")
  return allowed.includes('*') ? ['*'] : allowed.map(normalize)
}

/** What fails is no permission. */
function ask(
  isAllowed: (origin: string, request: HttpRequest) => boolean,
  origin: string,
  request: HttpRequest,
  log: RecurringLog,
): boolean {
  try {
    return plainResult(
      'allowedOrigins',
      isAllowed(origin, request),
      value => typeof value === 'boolean',
      'true or false',
    )
  } catch (error) {
    log.error('allowedOriginsFailed', 'allowedOrigins failed.', error)
  }
  return false
}

/** The names of subdomains, and nothing else, stand for the star. @source UriHelpers.IsSubdomainOf */
function isBetween(origin: string, start: string, end: string): boolean {
  if (!origin.startsWith(start) || !origin.endsWith(end)) return false
  return /^[\w-]+(?:\.[\w-]+)*$/.test(origin.slice(start.length, -end.length))
}

/**
 * An origin as browsers write it: in small letters and without the port that its scheme implies. The header is then
 * compared as it comes. Pages without an origin send `null`.
 */
function normalize(origin: string): string {
  if (origin === 'null') return origin
  const [, scheme, star = '', authority] =
    /^([a-z][a-z\d+.-]*:\/\/)(\*\.)?([^/?#@\\\s]+)$/i.exec(String(origin))?.map(part => part?.toLowerCase()) ?? []
  if (scheme === undefined || authority === undefined)
    throw notAllowed(origin, 'no origin such as https://app.example.com')
  if (scheme === 'ws://' || scheme === 'wss://')
    throw notAllowed(origin, 'no origin: that of a page which opens a WebSocket begins with https:// or http://')
  if (authority.includes('*'))
    throw notAllowed(origin, 'no origin such as https://*.example.com, where the star stands for subdomains')
  if (scheme !== 'https://' && scheme !== 'http://') return scheme + star + authority
  try {
    return scheme + star + new URL(scheme + authority).host
  } catch {
    throw notAllowed(origin, 'no origin such as https://app.example.com')
  }
}

const notAllowed = (value: unknown, reason: string) =>
  new ConfigurationError('allowedOrigins', `allowedOrigins: '${String(value)}' is ${reason}.`)
