import { onMethod, onNegotiate, onStatus, withHeaders, withQuery, withStatus } from './edits.js'
import type { Fault } from './fault.js'

/** Negotiate, long polling, POST and DELETE, CORS. */
export const requestFaults: readonly Fault[] = [
  {
    what: 'negotiate names the connection id before the version',
    area: 'negotiate',
    answer: onNegotiate(body => body.replace(/("negotiateVersion":\d),("connectionId":"[^"]*")/, '$2,$1')),
  },
  {
    what: 'negotiate lists the transports in another order',
    area: 'negotiate',
    answer: onNegotiate(body => {
      const answer = JSON.parse(body)
      return JSON.stringify({ ...answer, availableTransports: answer.availableTransports?.reverse() })
    }),
  },
  {
    what: 'negotiate offers event streams for binary data',
    area: 'negotiate',
    answer: onNegotiate(body => body.replace('"ServerSentEvents","transferFormats":["Text"', '$&,"Binary"')),
  },
  {
    what: 'negotiate gives a version 0 a token',
    area: 'negotiate',
    answer: onNegotiate(body =>
      body.replace(/("negotiateVersion":0,"connectionId":"([^"]*)")/, '$1,"connectionToken":"$2"'),
    ),
  },
  {
    what: 'negotiate shows the connection token as the connection id',
    area: 'negotiate',
    answer: onNegotiate(body =>
      body.replace(/"connectionId":"[^"]*","connectionToken":"([^"]*)"/, '"connectionId":"$1","connectionToken":"$1"'),
    ),
  },
  { what: 'negotiate gives everybody the same connection', area: 'negotiate', answer: onNegotiate(rememberFirst()) },
  {
    what: 'negotiate names its charset',
    area: 'negotiate',
    answer: (answer, request) =>
      request.path.endsWith('/negotiate')
        ? withHeaders({ 'Content-Type': 'application/json; charset=utf-8' })(answer)
        : answer,
  },
  {
    what: 'a refused version is an error 400',
    area: 'negotiate',
    answer: answer => (String(answer.body).startsWith('{"error"') ? { ...answer, status: 400 } : answer),
  },
  {
    what: 'keys of the query count only in the case they are written in',
    area: 'negotiate',
    request: request => withQuery(request, name => new URLSearchParams(request.queryString).get(name) ?? undefined),
  },
  { what: 'an unknown id is answered 410', area: 'missing and unknown ids', answer: onStatus(404, withStatus(410)) },
  {
    what: 'a missing id is answered with a full stop',
    area: 'missing and unknown ids',
    answer: onStatus(400, answer => ({ ...answer, body: `${answer.body}.` })),
  },
  {
    what: 'refusals have no content type',
    area: 'missing and unknown ids',
    answer: answer => (answer.status >= 400 ? withHeaders({ 'Content-Type': undefined })(answer) : answer),
  },
  {
    what: 'an unknown id of a WebSocket is answered with a content type',
    area: 'missing and unknown ids',
    answer: onStatus(404, withHeaders({ 'Content-Type': 'text/plain' })),
  },
  { what: 'a wrong verb is answered 404', area: 'missing and unknown ids', answer: onStatus(405, withStatus(404)) },
  {
    what: 'polls may be cached',
    area: 'long polling',
    answer: withHeaders({ 'Cache-Control': undefined, Pragma: undefined, Expires: undefined }),
  },
  {
    what: 'refused polls may be cached',
    area: 'long polling',
    answer: answer => (answer.status >= 400 ? withHeaders({ 'Cache-Control': undefined })(answer) : answer),
  },
  {
    what: 'the first poll is answered with data',
    area: 'long polling',
    answer: onMethod('GET', answer =>
      answer.status === 200 && answer.body === undefined ? { ...answer, body: '{"type":6}\x1e' } : answer,
    ),
  },
  {
    what: 'data of a poll is text/plain',
    area: 'long polling',
    answer: onMethod('GET', onStatus(200, withHeaders({ 'Content-Type': 'text/plain' }))),
  },
  { what: 'the last poll is answered 200', area: 'long polling', answer: onStatus(204, withStatus(200)) },
  {
    what: 'a DELETE is answered 200',
    area: 'long polling',
    answer: onMethod('DELETE', onStatus(202, withStatus(200))),
  },
  { what: 'a second transport for an id is answered 400', area: 'web sockets', answer: onStatus(409, withStatus(400)) },
  { what: 'a POST is answered 202', area: 'posts', answer: onMethod('POST', onStatus(200, withStatus(202))) },
  {
    what: 'a POST is never answered',
    area: 'posts',
    answer: onMethod(
      'POST',
      onStatus(200, () => undefined),
    ),
  },
  {
    what: 'a page gets no leave to send credentials',
    area: 'CORS and origins',
    answer: withHeaders({ 'Access-Control-Allow-Credentials': undefined }),
  },
  {
    what: 'refusals are hidden from pages of other origins',
    area: 'CORS and origins',
    answer: answer =>
      answer.status >= 400 ? withHeaders({ 'Access-Control-Allow-Origin': undefined })(answer) : answer,
  },
  {
    what: 'a preflight is answered 200',
    area: 'CORS and origins',
    answer: onMethod('OPTIONS', onStatus(204, withStatus(200))),
  },
]

/** Answers everything as it answered first. */
function rememberFirst(): (body: string) => string {
  let first: string | undefined
  return body => {
    first ??= body
    return first
  }
}
