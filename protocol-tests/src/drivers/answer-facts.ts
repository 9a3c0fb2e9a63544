import type { HttpAnswer } from './http-exchange.js'

/** What of an answer must agree: the status, every header that means something to a client, and the body. */
export interface AnswerFacts {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The three headers on every answer to a GET that is neither SSE nor WebSocket (transports 2.3). */
export const noCacheHeaders = {
  'cache-control': 'no-cache, no-store',
  pragma: 'no-cache',
  expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
} as const

/** The body of every 404 for an id that nobody has. */
export const unknownId = 'No Connection with that ID'

/** Who answers, when, and how the bytes are framed: a client sees no difference. Cookies have checks of their own. */
const unobservable = new Set([
  'date',
  'server',
  'uwebsockets',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'set-cookie',
])

export function facts(answer: HttpAnswer): AnswerFacts {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    // A body may come with a length or in chunks; an empty answer says so by its length, and then it counts.
    const isFraming = unobservable.has(name) || (name === 'content-length' && answer.bytes.length > 0)
    if (!isFraming) headers[name] = value
  }
  return { status: answer.status, headers, body: answer.body }
}

/** `text/plain` without a charset: every literal answer of the HTTP layer. */
export function plainText(status: number, body = '', extra: Readonly<Record<string, string>> = {}): AnswerFacts {
  const length = body === '' ? { 'content-length': '0' } : {}
  return { status, headers: { ...length, 'content-type': 'text/plain', ...extra }, body }
}

/** 204 has neither a body nor a length. */
export function noContent(extra: Readonly<Record<string, string>> = {}): AnswerFacts {
  return { status: 204, headers: { 'content-type': 'text/plain', ...extra }, body: '' }
}

export function octets(body: string): AnswerFacts {
  const length = body === '' ? { 'content-length': '0' } : {}
  return { status: 200, headers: { ...length, 'content-type': 'application/octet-stream', ...noCacheHeaders }, body }
}
