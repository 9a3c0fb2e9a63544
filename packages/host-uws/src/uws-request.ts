import type { HttpRequest, HttpResponse } from 'uWebSockets.js'
import { RequestSnapshot } from '@signalbox/connections'

/** Copies a request before its callback returns: uWebSockets.js takes it back then. */
export function copyRequest(response: HttpResponse, request: HttpRequest, scheme: 'http' | 'https'): RequestSnapshot {
  const headers = ['']
  request.forEach((name, value) => {
    headers.push(`${name}:${value}`)
  })
  headers.push('')
  return new RequestSnapshot(
    request.getCaseSensitiveMethod(),
    request.getUrl(),
    (request.getQuery() as string | undefined) ?? '', // undefined without a query, whatever its type says
    Buffer.from(response.getRemoteAddressAsText()).toString('latin1'),
    headers.join('\n'), // flat: a string built by concatenation keeps its parts
    scheme,
  )
}
