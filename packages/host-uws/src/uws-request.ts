import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import { RequestSnapshot } from '@signalbox/connections'

/** Used again for each request: nothing but the one string is left of it. */
const parts: string[] = []

/** Copies a request before its callback returns: uWebSockets.js takes it back then. */
export function copyRequest(response: HttpResponse, request: HttpRequest, scheme: 'http' | 'https'): RequestSnapshot {
  parts.length = 0
  parts.push('\n')
  request.forEach((name, value) => {
    parts.push(name, ':', value, '\n')
  })
  const headers = parts.join('') // flat: a string built by concatenation keeps its parts
  return new RequestSnapshot(
    request.getCaseSensitiveMethod(),
    request.getUrl(),
    (request.getQuery() as string | undefined) ?? '', // undefined without a query, whatever its type says
    Buffer.from(response.getRemoteAddressAsText()).toString('latin1'),
    headers,
    scheme,
  )
}
