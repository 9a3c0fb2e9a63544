import type { ClaimsPrincipal, HttpRequest, RecurringLog } from '@signalbox/abstractions'
import type { HttpExchange, HttpResponse } from '../host/host-port.js'
import { json } from '../http/http-responses.js'
import type { HttpConnection } from '../life/http-connection.js'
import type { Refusal } from '../refusal.js'
import { foreignUser, methodNotAllowed } from '../refusals.js'
import { tokenLifetimeSeconds } from './connection-credentials.js'
import { type EndpointAuthentication, unlessGone } from './endpoint-authentication.js'

/** What the client is told is a code, never a text. */
const refusal = (status: number, error: string): Refusal => ({
  cause: 'refreshRefused',
  response: json({ error }, status),
})

const missingConnectionToken = refusal(400, 'missing_connection_token')
const connectionNotFound = refusal(404, 'connection_not_found')
/** The public id would be all it takes to act on someone else's connection. */
const unsupportedNegotiateVersion = refusal(400, 'unsupported_negotiate_version')
const invalidToken = refusal(401, 'invalid_token')

/** By `onAuthenticationRefresh`, whose decision needs no warning. */
export const authenticationChangeRejected: Refusal = {
  ...refusal(403, 'permission_change_rejected'),
  cause: 'authenticationChangeRejected',
}

/** With the answer that a client which refreshes its authentication knows. */
export const foreignUserOfRefreshing: Refusal = { ...foreignUser, response: authenticationChangeRejected.response }

const refreshed = (lifetimeSeconds: number | undefined): HttpResponse =>
  json(lifetimeSeconds === undefined ? {} : { tokenLifetimeSeconds: lifetimeSeconds })

/** Where the client of .NET 11.0.0 has the token; those of its previews, and Azure's, have it in the query. */
const connectionTokenHeader = 'x-signalr-connection-token'

/**
 * `POST {endpoint}/refresh` of an authorized user, with the connection's token in `X-SignalR-Connection-Token` or as
 * `id` in the query.
 * @source HttpConnectionDispatcher.ProcessRefresh of .NET 11; the header seen from Microsoft's .NET client 11.0.0
 */
export function answerRefresh(
  exchange: HttpExchange,
  user: ClaimsPrincipal,
  authentication: EndpointAuthentication,
  find: (connectionToken: string) => HttpConnection | undefined,
  refuse: (exchange: HttpExchange, refusal: Refusal) => void,
  log: RecurringLog,
): void | Promise<void> {
  const { request } = exchange
  if (request.method !== 'POST') return refuse(exchange, methodNotAllowed)
  const connectionToken = request.header(connectionTokenHeader) ?? request.query('id')
  if (connectionToken === undefined || connectionToken === '') return refuse(exchange, missingConnectionToken)
  const connection = find(connectionToken)
  if (connection === undefined || connection.life.isDisposed) return refuse(exchange, connectionNotFound)
  if (connection.connectionToken === connection.connectionId) return refuse(exchange, unsupportedNegotiateVersion)
  if (!user.isAuthenticated) return refuse(exchange, invalidToken)
  return unlessGone(exchange, tryRefresh(connection, request, user, log), isAccepted => {
    if (isAccepted) exchange.respond(refreshed(tokenLifetimeSeconds(user, authentication)))
    else refuse(exchange, authenticationChangeRejected)
  })
}

/** @returns false when the new credentials are refused; a callback that fails refuses them. */
export async function tryRefresh(
  connection: HttpConnection,
  request: HttpRequest,
  user: ClaimsPrincipal,
  log: RecurringLog,
): Promise<boolean> {
  try {
    return (await connection.credentials?.refresh(connection, request, user)) === true
  } catch (error) {
    log.error('refreshFailed', `The refresh of connection ${connection.connectionId} failed.`, error)
    return false
  }
}
