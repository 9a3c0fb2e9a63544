import type { HttpResponse } from './host-port.js'

/**
 * The literal answers of the HTTP layer.
 * @source HttpConnectionDispatcher.cs; seen on ASP.NET Core 10.0.12
 */
const text = (status: number, body?: string): HttpResponse =>
  body === undefined
    ? { status, headers: { 'Content-Type': 'text/plain' } }
    : { status, headers: { 'Content-Type': 'text/plain' }, body }

export const accepted = text(202)
export const received = text(200)
export const noContent = text(204)
export const badRequest = text(400)
export const connectionIdRequired = text(400, 'Connection ID required')
export const cannotChangeTransports = text(400, 'Cannot change transports mid-connection')
export const cannotDelete = text(400, 'Cannot terminate this connection using the DELETE endpoint.')
export const gone = text(404)
export const noSuchConnection = text(404, 'No Connection with that ID')
export const methodNotAllowed = text(405)
export const postNotAllowed = text(405, 'POST requests are not allowed for WebSocket connections.')
export const conflict = text(409)
export const bodyTooLarge = text(413)
export const tooManyConnections = text(429)
export const applicationFailed = text(500)

export const json = (body: object, status = 200): HttpResponse => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
})

/** The one answer without a Content-Type: the real server refuses an unknown id before its WebSocket code sets one. */
export const noSuchWebSocketConnection: HttpResponse = { status: 404, body: 'No Connection with that ID' }
export const originNotAllowed: HttpResponse = { status: 403 }
export const notFound: HttpResponse = { status: 404 }
export const requestFailed: HttpResponse = { status: 500 }
/** The server shuts down: whoever wants to begin something has to go elsewhere. */
export const shuttingDown: HttpResponse = { status: 503 }

export const transportNotSupported = (transport: string): HttpResponse =>
  text(404, `${transport} transport not supported by this end point type`)

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
