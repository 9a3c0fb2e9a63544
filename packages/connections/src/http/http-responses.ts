import type { HttpResponse } from '../host/host-port.js'

/**
 * The literal answers of the HTTP layer; those that refuse something are in refusals.ts.
 * @source HttpConnectionDispatcher.cs; seen on ASP.NET Core 10.0.12
 */
export const text = (status: number, body?: string): HttpResponse =>
  body === undefined
    ? { status, headers: { 'Content-Type': 'text/plain' } }
    : { status, headers: { 'Content-Type': 'text/plain' }, body }

export const accepted = text(202)
export const received = text(200)
export const noContent = text(204)
export const applicationFailed = text(500)

export const json = (body: object, status = 200): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

export const notFound: HttpResponse = { status: 404 }
export const requestFailed: HttpResponse = { status: 500 }

const noCacheHeaders = {
  'Cache-Control': 'no-cache, no-store',
  Expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
  Pragma: 'no-cache',
}

/** Every answer to a long-polling GET, refusals included, forbids caching. */
export const withoutCaching = (response: HttpResponse): HttpResponse => ({
  ...response,
  headers: { ...response.headers, ...noCacheHeaders },
})
