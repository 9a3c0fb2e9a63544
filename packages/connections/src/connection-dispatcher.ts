import type { HttpRequest, HttpTransportType } from '@signalbox/abstractions'
import type { ConnectionEndpoint } from './connection-endpoint.js'
import { acceptsEventStream } from './event-stream.js'
import type { HttpExchange, HttpResponse } from './host-port.js'
import type { HttpConnection } from './http-connection.js'
import type { HttpConnectionManager } from './http-connection-manager.js'
import * as responses from './http-responses.js'
import { LongPollingTransport } from './long-polling-transport.js'
import { chooseNegotiateVersion, negotiateAnswer, negotiateRefusal } from './negotiate.js'
import { ServerSentEventsTransport } from './server-sent-events-transport.js'
import { asksForStatefulReconnect } from './stateful-reconnect.js'
import { isWebSocketHandshake } from './web-socket-handshake.js'
import { WebSocketTransport } from './web-socket-transport.js'

/** Answers the requests of an endpoint: negotiate, the GETs that open or continue a transport, POST and DELETE. */
export class ConnectionDispatcher {
  readonly #manager: HttpConnectionManager
  readonly #isOriginAllowed: (request: HttpRequest) => boolean

  /** @param isOriginAllowed - asked before a WebSocket is accepted, since CORS does not protect those. */
  constructor(manager: HttpConnectionManager, isOriginAllowed: (request: HttpRequest) => boolean) {
    this.#manager = manager
    this.#isOriginAllowed = isOriginAllowed
  }

  /** `{endpoint}/negotiate`; the body, the content type and an `id` are ignored. */
  negotiate(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const request = exchange.request
    if (request.method !== 'POST') return exchange.respond(responses.methodNotAllowed)
    const options = endpoint.options
    const choice = chooseNegotiateVersion(request.query('negotiateVersion'), options.minimumProtocolVersion)
    if ('error' in choice) return exchange.respond(negotiateRefusal(choice.error))
    const isStateful =
      options.allowStatefulReconnects && asksForStatefulReconnect(request.query('useStatefulReconnect'))
    const connection = this.#manager.negotiate(endpoint, choice.version, isStateful)
    if (connection === undefined) return exchange.respond(responses.tooManyConnections)
    const { connectionId, connectionToken } = connection
    exchange.respond(negotiateAnswer(choice.version, connectionId, connectionToken, options.transports, isStateful))
  }

  /** Everything sent to the endpoint's own path. @source HttpConnectionDispatcher.ExecuteAsync */
  dispatch(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const request = exchange.request
    switch (request.method) {
      case 'POST':
        return this.#post(exchange, endpoint)
      case 'DELETE':
        return this.#delete(exchange, endpoint)
      case 'GET':
        if (acceptsEventStream(request.header('accept'))) return this.#openEventStream(exchange, endpoint)
        if (isWebSocketHandshake(request)) return this.#openWebSocket(exchange, endpoint)
        return this.#poll(exchange, endpoint)
      default:
        return exchange.respond(responses.methodNotAllowed)
    }
  }

  #openEventStream(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const connection = this.#find(exchange.request, endpoint)
    if (!isConnection(connection)) return exchange.respond(connection)
    const refusal = refuseTransport(connection, 'ServerSentEvents')
    if (refusal !== undefined) return exchange.respond(refusal)
    new ServerSentEventsTransport(connection, exchange)
  }

  #openWebSocket(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const request = exchange.request
    if (!this.#isOriginAllowed(request)) return exchange.respond(responses.originNotAllowed)
    const id = request.query('id')
    let connection: HttpConnection
    if (id === undefined || id === '') {
      // Negotiation was skipped; such a connection is one of version 0.
      if (!endpoint.options.transports.includes('WebSockets'))
        return exchange.respond(responses.transportNotSupported('WebSockets'))
      connection = this.#manager.create(endpoint, 0)
    } else {
      const found = this.#manager.find(endpoint, id)
      if (found === undefined) return exchange.respond(responses.noSuchWebSocketConnection)
      const refusal = refuseTransport(found, 'WebSockets')
      if (refusal !== undefined) return exchange.respond(refusal)
      connection = found
    }
    connection.status = 'active' // from here on a second handshake is refused, even before this one has been answered
    exchange.acceptWebSocket(new WebSocketTransport(connection, request))
  }

  #poll(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const refuse = (refusal: HttpResponse) => exchange.respond(responses.withoutCaching(refusal))
    const connection = this.#find(exchange.request, endpoint)
    if (!isConnection(connection)) return refuse(connection)
    const { transport } = connection
    if (transport instanceof LongPollingTransport) {
      if (connection.status === 'disposed') return refuse(responses.gone)
      return transport.poll(exchange)
    }
    const refusal = refuseTransport(connection, 'LongPolling')
    if (refusal !== undefined) return refuse(refusal)
    new LongPollingTransport(connection, exchange)
  }

  #post(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const connection = this.#find(exchange.request, endpoint)
    if (!isConnection(connection)) return exchange.respond(connection)
    if (connection.transport?.transport === 'WebSockets') return exchange.respond(responses.postNotAllowed)
    if (connection.status === 'disposed') return exchange.respond(responses.gone)
    const deliver = connection.posts.add(result => {
      if (result.kind === 'aborted') return exchange.respond(responses.badRequest)
      if (result.kind === 'tooLarge') return exchange.respond(responses.bodyTooLarge)
      if (connection.status === 'disposed') return exchange.respond(responses.gone)
      connection.receive(result.bytes)
      connection.whenReceived(isOpen => exchange.respond(isOpen ? responses.received : responses.gone))
    })
    exchange.readBody(endpoint.options.maximumPendingReceiveBytes, deliver)
  }

  #delete(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const connection = this.#find(exchange.request, endpoint)
    if (!isConnection(connection)) return exchange.respond(connection)
    if (!(connection.transport instanceof LongPollingTransport)) return exchange.respond(responses.cannotDelete)
    exchange.respond(responses.accepted)
    connection.transport.terminate()
  }

  #find(request: HttpRequest, endpoint: ConnectionEndpoint): HttpConnection | HttpResponse {
    const id = request.query('id')
    if (id === undefined || id === '') return responses.connectionIdRequired
    return this.#manager.find(endpoint, id) ?? responses.noSuchConnection
  }
}

const isConnection = (found: HttpConnection | HttpResponse): found is HttpConnection => 'connectionId' in found

/** Why a GET may not open this transport, in the order in which the real server looks. */
function refuseTransport(connection: HttpConnection, type: HttpTransportType): HttpResponse | undefined {
  if (!connection.endpoint.options.transports.includes(type)) return responses.transportNotSupported(type)
  if (connection.transport !== undefined && connection.transport.transport !== type)
    return responses.cannotChangeTransports
  const isStateful = connection.statefulReconnect?.isEnabled === true
  if (connection.status === 'disposed' && (isStateful || connection.transport === undefined)) return responses.gone
  // A socket that still looks alive is no reason to refuse the one that resumes: it is dropped.
  if (connection.transport !== undefined) return isStateful ? undefined : responses.conflict
  return connection.status === 'active' ? responses.conflict : undefined
}
