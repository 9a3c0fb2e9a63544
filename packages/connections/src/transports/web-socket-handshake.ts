import type { HttpRequest } from '@signalbox/abstractions'

/**
 * Whether a request is a WebSocket handshake. Anything short of one is no error of its own: it is a long poll.
 * @source WebSocketMiddleware.cs, HandshakeHelpers.cs; seen on ASP.NET Core 10.0.12
 */
export function isWebSocketHandshake(request: HttpRequest): boolean {
  return (
    request.method === 'GET' &&
    lists(request.header('upgrade'), 'websocket') &&
    lists(request.header('connection'), 'upgrade') &&
    lists(request.header('sec-websocket-version'), '13') &&
    isKey(request.header('sec-websocket-key')) &&
    !hasBody(request)
  )
}

const lists = (header: string | undefined, value: string): boolean =>
  header !== undefined && (header === value || header.split(',').some(one => one.trim().toLowerCase() === value))

/** Base64 of 16 bytes. */
const isKey = (key: string | undefined): boolean => key !== undefined && /^\s*[A-Za-z0-9+/]{21}[AQgw]==\s*$/.test(key)

const hasBody = (request: HttpRequest): boolean =>
  Number(request.header('content-length') ?? 0) > 0 || request.header('transfer-encoding') !== undefined
