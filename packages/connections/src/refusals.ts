import { type HttpRequest, type HttpTransportType, printable } from '@signalbox/abstractions'
import type { HttpResponse } from './host/host-port.js'
import { ForwardedRequest } from './host/received-request.js'
import { text } from './http/http-responses.js'
import { negotiateRefusal } from './http/negotiate.js'
import type { ResolvedConnectionOptions } from './life/connection-options.js'
import type { Refusal } from './refusal.js'

/**
 * What the HTTP layer refuses. The answers are the real server's, to the letter.
 * @source HttpConnectionDispatcher.cs; seen on ASP.NET Core 10.0.12
 */

// What clients do in normal life: they come too late, or twice, or a person looks at the address with a browser.

export const bodyAborted: Refusal = { cause: 'bodyAborted', response: text(400) }
export const connectionIdRequired: Refusal = {
  cause: 'connectionIdRequired',
  response: text(400, 'Connection ID required'),
}
export const cannotChangeTransports: Refusal = {
  cause: 'cannotChangeTransports',
  response: text(400, 'Cannot change transports mid-connection'),
}
export const cannotDelete: Refusal = {
  cause: 'cannotDelete',
  response: text(400, 'Cannot terminate this connection using the DELETE endpoint.'),
}
export const gone: Refusal = { cause: 'connectionEnded', response: text(404) }
export const methodNotAllowed: Refusal = { cause: 'methodNotAllowed', response: text(405) }
export const postNotAllowed: Refusal = {
  cause: 'postNotAllowed',
  response: text(405, 'POST requests are not allowed for WebSocket connections.'),
}
export const conflict: Refusal = { cause: 'connectionInUse', response: text(409) }
/** Whoever wants to begin something has to go elsewhere. */
export const shuttingDown: Refusal = { cause: 'shuttingDown', response: { status: 503 } }

// What somebody should know of.

/** The one answer without a Content-Type: the real server refuses an unknown id before its WebSocket code sets one. */
const noSuchWebSocketConnection: HttpResponse = { status: 404, body: 'No Connection with that ID' }

/** A POST or DELETE of a connection that has ended, most likely. */
export const noSuchConnection: Refusal = {
  cause: 'unknownConnection',
  response: text(404, 'No Connection with that ID'),
}

/**
 * Clients open a transport right after they have negotiated: one that does not find its connection may have done that
 * on another server.
 */
export const noSuchConnectionToOpen = (transport: HttpTransportType): Refusal => ({
  cause: 'unknownConnectionOpened',
  response: transport === 'WebSockets' ? noSuchWebSocketConnection : noSuchConnection.response,
  reason:
    'this process has not negotiated its connection, or has forgotten it. When there are several processes or servers, the requests of one' +
    ' connection must all reach the same one (sticky sessions at the load balancer), unless all clients skip the negotiation.',
})

/** A token alone does not make a connection theirs. */
export const foreignUser: Refusal = {
  cause: 'foreignUser',
  response: { status: 403 },
  reason: 'it comes from another user than the one its connection belongs to.',
}

/** 401, so that clients whose token has expired fetch another one and try again. */
export const signedOut: Refusal = {
  cause: 'signedOut',
  response: { status: 401 },
  reason: 'authenticate knows no user for it, and its connection belongs to one.',
}

export const originRefused = (request: HttpRequest): Refusal => ({
  cause: 'originRefused',
  response: { status: 403 },
  reason: whyOriginIsRefused(request),
})

/** A development proxy that changes the Host makes a page of the same origin look foreign. */
export function whyOriginIsRefused(request: HttpRequest): string {
  const origin = printable(request.header('origin') ?? '')
  const host = printable(request.header('host') ?? '')
  return (
    `its page is of the origin ${origin}, the request's Host is ${host}, and allowedOrigins does not have the origin.` +
    ` If the page may connect: allowedOrigins: ['${origin}'], or a proxy that passes the Host on (changeOrigin: false).${untrustedHost(request)}`
  )
}

/** What a proxy says the Host was, where nobody has said that the proxy is one. */
function untrustedHost(request: HttpRequest): string {
  if (request.header('x-forwarded-host') === undefined || request instanceof ForwardedRequest) return ''
  return ` Its X-Forwarded-Host does not count, since trustedProxies does not have ${request.remoteAddress}.`
}

export const bodyTooLarge = ({ maximumPendingReceiveBytes }: ResolvedConnectionOptions): Refusal => ({
  cause: 'bodyTooLarge',
  response: text(413),
  reason: `its body, with those that wait beside it for their turn, is larger than maximumPendingReceiveBytes, which is ${maximumPendingReceiveBytes}.`,
})

export const versionRefused = (error: string, { minimumProtocolVersion }: ResolvedConnectionOptions): Refusal => ({
  cause: 'versionRefused',
  response: negotiateRefusal(error),
  reason: `${error} minimumProtocolVersion is ${minimumProtocolVersion}.`,
})

export const transportNotSupported = (
  transport: HttpTransportType,
  { transports }: ResolvedConnectionOptions,
): Refusal => ({
  cause: 'transportNotSupported',
  response: text(404, `${transport} transport not supported by this end point type`),
  reason: `it wants ${transport}, and transports is ['${transports.join("', '")}'].`,
})
