import {
  anonymous,
  type ClaimsPrincipal,
  type HttpRequest,
  type HttpTransportType,
  printable,
} from '@signalbox/abstractions'
import {
  answerRefresh,
  authenticationChangeRejected,
  foreignUserOfRefreshing,
  tryRefresh,
} from '../authentication/authentication-refresh.js'
import { tokenLifetimeSeconds } from '../authentication/connection-credentials.js'
import { authorizeRequest, type EndpointAuthentication, unlessGone } from '../authentication/endpoint-authentication.js'
import type { HttpExchange } from '../host/host-port.js'
import type { HttpConnection } from '../life/http-connection.js'
import { ConnectionOnNode, type HttpConnectionManager } from '../life/http-connection-manager.js'
import { asksForStatefulReconnect } from '../life/stateful-reconnect.js'
import { logRefusal, type Refusal } from '../refusal.js'
import * as refusals from '../refusals.js'
import { graceMs } from '../transports/connection-transport.js'
import { acceptsEventStream } from '../transports/event-stream.js'
import { LongPollingTransport } from '../transports/long-polling-transport.js'
import { ServerSentEventsTransport } from '../transports/server-sent-events-transport.js'
import { isWebSocketHandshake } from '../transports/web-socket-handshake.js'
import { WebSocketTransport } from '../transports/web-socket-transport.js'
import type { ConnectionEndpoint, NegotiateAnswer } from './connection-endpoint.js'
import * as responses from './http-responses.js'
import { chooseNegotiateVersion, negotiateAnswer, negotiateRedirect } from './negotiate.js'
import type { Post } from './post.js'

/**
 * Answers the requests of an endpoint: negotiate, the GETs that open or continue a transport, POST and DELETE. The
 * endpoint's authorization comes before all of them, even before the verb is looked at.
 */
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
    const { authentication } = endpoint
    const proceed = (user: ClaimsPrincipal) => this.#negotiate(exchange, endpoint, user)
    this.#watch(
      exchange,
      authentication === undefined
        ? proceed(anonymous)
        : authorizeRequest(exchange, authentication, proceed, this.#refuse),
    )
  }

  /** Everything sent to the endpoint's own path. */
  dispatch(exchange: HttpExchange, endpoint: ConnectionEndpoint): void {
    const { authentication } = endpoint
    if (authentication === undefined) {
      void this.#dispatch(exchange, endpoint, anonymous) // nothing to wait for
      return
    }
    let post: Post | undefined
    const readEarly = () => {
      // Without a connection there is nothing to read for: the body is thrown away as it comes.
      const { request } = exchange
      post = this.#findHere(request, endpoint, request.query('id') ?? '')?.posts.add(exchange)
    }
    const proceed = (user: ClaimsPrincipal) => this.#dispatch(exchange, endpoint, user, post)
    const onWait = exchange.request.method === 'POST' ? readEarly : undefined
    const request = authorizeRequest(exchange, authentication, proceed, this.#refuse, onWait)
    this.#watch(
      exchange,
      request?.finally(() => post?.leaveUnlessAccepted()),
    )
  }

  /** `{endpoint}/refresh`, for endpoints that have it enabled. */
  refresh(exchange: HttpExchange, endpoint: ConnectionEndpoint, authentication: EndpointAuthentication): void {
    const find = (connectionToken: string) => this.#findHere(exchange.request, endpoint, connectionToken)
    const proceed = (user: ClaimsPrincipal) =>
      answerRefresh(exchange, user, authentication, find, this.#refuse, this.#manager.recurringLog)
    this.#watch(exchange, authorizeRequest(exchange, authentication, proceed, this.#refuse))
  }

  /** A request that had to wait and then fails is told so, as one that fails at once is by the caller. */
  #watch(exchange: HttpExchange, request: void | Promise<void>): void {
    request?.catch(error => {
      const { method, path } = exchange.request
      this.#manager.recurringLog.error('requestFailed', `A ${printable(method)} to ${printable(path)} failed.`, error)
      exchange.respond(responses.requestFailed)
    })
  }

  #negotiate(exchange: HttpExchange, endpoint: ConnectionEndpoint, user: ClaimsPrincipal): void | Promise<void> {
    const request = exchange.request
    if (request.method !== 'POST') return this.#refuse(exchange, refusals.methodNotAllowed)
    if (this.#manager.isDraining) return this.#refuse(exchange, refusals.shuttingDown)
    if (endpoint.negotiate === undefined) return this.#negotiateHere(exchange, endpoint, user)
    const proceed = (answer: NegotiateAnswer) => {
      if (answer === undefined) this.#negotiateHere(exchange, endpoint, user)
      else exchange.respond('url' in answer ? negotiateRedirect(answer) : answer)
    }
    const answer = endpoint.negotiate(request, user)
    return answer instanceof Promise ? unlessGone(exchange, answer, proceed) : proceed(answer)
  }

  #negotiateHere(exchange: HttpExchange, endpoint: ConnectionEndpoint, user: ClaimsPrincipal): void {
    const request = exchange.request
    const options = endpoint.options
    const choice = chooseNegotiateVersion(request.query('negotiateVersion'), options.minimumProtocolVersion)
    if ('error' in choice) return this.#refuse(exchange, refusals.versionRefused(choice.error, options))
    // In version 0 the public id is all it would take to resume someone else's connection.
    const isStateful =
      options.allowStatefulReconnects &&
      choice.version > 0 &&
      asksForStatefulReconnect(request.query('useStatefulReconnect'))
    const connection = this.#manager.negotiate(endpoint, request.remoteAddress, choice.version, isStateful)
    connection.params = request.params
    connection.credentials?.negotiate(user)
    const { connectionId, connectionToken } = connection
    const { authentication } = endpoint
    const lifetime =
      authentication?.options.enableAuthenticationRefresh === true
        ? tokenLifetimeSeconds(user, authentication)
        : undefined
    exchange.respond(
      negotiateAnswer(choice.version, connectionId, connectionToken, options.transports, isStateful, lifetime),
    )
  }

  /** @source HttpConnectionDispatcher.ExecuteAsync */
  #dispatch(
    exchange: HttpExchange,
    endpoint: ConnectionEndpoint,
    user: ClaimsPrincipal,
    post?: Post,
  ): void | Promise<void> {
    const request = exchange.request
    switch (request.method) {
      case 'POST':
        return this.#post(exchange, endpoint, user, post)
      case 'DELETE':
        return this.#delete(exchange, endpoint, user)
      case 'GET':
        if (acceptsEventStream(request.header('accept'))) return this.#openEventStream(exchange, endpoint, user)
        if (isWebSocketHandshake(request)) return this.#openWebSocket(exchange, endpoint, user)
        return this.#poll(exchange, endpoint, user)
      default:
        return this.#refuse(exchange, refusals.methodNotAllowed)
    }
  }

  #openEventStream(exchange: HttpExchange, endpoint: ConnectionEndpoint, user: ClaimsPrincipal): void | Promise<void> {
    const connection = this.#find(exchange.request, endpoint, user, 'ServerSentEvents')
    if (!isConnection(connection)) return this.#refuse(exchange, connection)
    const refusal = refuseTransport(connection, 'ServerSentEvents')
    if (refusal !== undefined) return this.#refuse(exchange, refusal)
    return this.#admit(exchange, connection, user, () => {
      new ServerSentEventsTransport(connection).open(exchange, user)
    })
  }

  #openWebSocket(exchange: HttpExchange, endpoint: ConnectionEndpoint, user: ClaimsPrincipal): void | Promise<void> {
    const request = exchange.request
    if (!this.#isOriginAllowed(request)) return this.#refuse(exchange, refusals.originRefused(request))
    const id = request.query('id')
    let connection: HttpConnection
    if (id === undefined || id === '') {
      // Negotiation was skipped; such a connection is one of version 0.
      if (!endpoint.options.transports.includes('WebSockets'))
        return this.#refuse(exchange, refusals.transportNotSupported('WebSockets', endpoint.options))
      if (this.#manager.isDraining) return this.#refuse(exchange, refusals.shuttingDown)
      connection = this.#manager.create(endpoint, 0)
      connection.params = request.params
    } else {
      const found = this.#find(request, endpoint, user, 'WebSockets')
      if (!isConnection(found)) return this.#refuse(exchange, found)
      const refusal = refuseTransport(found, 'WebSockets')
      if (refusal !== undefined) return this.#refuse(exchange, refusal)
      connection = found
    }
    return this.#admit(exchange, connection, user, () => {
      connection.life.onTransportOpening()
      exchange.acceptWebSocket(new WebSocketTransport(connection, request, user))
    })
  }

  #poll(exchange: HttpExchange, endpoint: ConnectionEndpoint, user: ClaimsPrincipal): void | Promise<void> {
    const refuse = (refusal: Refusal) => this.#refuse(exchange, withoutCaching(refusal))
    const connection = this.#find(exchange.request, endpoint, user, 'LongPolling')
    if (!isConnection(connection)) return refuse(connection)
    const { transport, isDisposed } = connection.life
    if (transport instanceof LongPollingTransport) {
      if (isDisposed) return refuse(refusals.gone)
      return this.#admit(exchange, connection, user, () => transport.poll(exchange))
    }
    const refusal = refuseTransport(connection, 'LongPolling')
    if (refusal !== undefined) return refuse(refusal)
    return this.#admit(exchange, connection, user, () => {
      new LongPollingTransport(connection).open(exchange, user)
    })
  }

  #post(exchange: HttpExchange, endpoint: ConnectionEndpoint, user: ClaimsPrincipal, early: Post | undefined): void {
    const connection = this.#find(exchange.request, endpoint, user)
    if (connection === refusals.noSuchConnection) return this.#refuseLate(exchange, connection)
    if (!isConnection(connection)) return this.#refuse(exchange, connection)
    if (connection.life.transport?.type === 'WebSockets') return this.#refuse(exchange, refusals.postNotAllowed)
    if (connection.life.isDisposed) return this.#refuseLate(exchange, refusals.gone)
    const post = early ?? connection.posts.add(exchange)
    post.accept(result => {
      if (result.kind === 'aborted') return this.#refuse(exchange, refusals.bodyAborted)
      if (result.kind === 'tooLarge') return this.#refuse(exchange, refusals.bodyTooLarge(endpoint.options))
      if (result.kind === 'connectionEnded' || connection.life.isDisposed)
        return this.#refuseLate(exchange, refusals.gone)
      connection.application.receive(result.bytes)
      connection.application.whenRoom(isOpen => {
        if (isOpen) exchange.respond(responses.received)
        else this.#refuseLate(exchange, refusals.gone)
      })
    })
  }

  #delete(exchange: HttpExchange, endpoint: ConnectionEndpoint, user: ClaimsPrincipal): void {
    const connection = this.#find(exchange.request, endpoint, user)
    if (!isConnection(connection)) return this.#refuse(exchange, connection)
    const { transport } = connection.life
    if (!(transport instanceof LongPollingTransport)) return this.#refuse(exchange, refusals.cannotDelete)
    exchange.respond(responses.accepted)
    transport.terminate()
  }

  /**
   * The credentials of a GET take the place of those before it; where a refresh has to be agreed to, that comes first.
   */
  #admit(
    exchange: HttpExchange,
    connection: HttpConnection,
    user: ClaimsPrincipal,
    open: () => void,
  ): void | Promise<void> {
    const { credentials, endpoint } = connection
    const { transport } = connection.life
    if (transport !== undefined && credentials?.wouldChange(user) === true)
      return unlessGone(
        exchange,
        tryRefresh(connection, exchange.request, user, this.#manager.recurringLog),
        isAccepted => {
          // Anew: the connection may have ended meanwhile. Nor does a refusal matter once newer credentials than these
          // are in force.
          if (isAccepted || !credentials.wouldChange(user)) return this.#dispatch(exchange, endpoint, user)
          this.#refuse(exchange, withoutCaching(authenticationChangeRejected))
          connection.application.endInput(undefined, false)
        },
      )
    if (credentials?.replace(user, transport === undefined) === false)
      this.#manager.recurringLog.warn(
        'userChanged',
        `The user of connection ${connection.connectionId} is not the one it had before.`,
      )
    open()
  }

  /** Nothing leads to another node yet: what is there is unknown here. */
  #findHere(request: HttpRequest, endpoint: ConnectionEndpoint, connectionToken: string): HttpConnection | undefined {
    const found = this.#manager.find(endpoint, request.params, connectionToken)
    return found instanceof ConnectionOnNode ? undefined : found
  }

  /** @param opened - the transport that a GET opens. */
  #find(
    request: HttpRequest,
    endpoint: ConnectionEndpoint,
    user: ClaimsPrincipal,
    opened?: HttpTransportType,
  ): HttpConnection | Refusal {
    const id = request.query('id')
    if (id === undefined || id === '') return refusals.connectionIdRequired
    const connection = this.#findHere(request, endpoint, id)
    if (connection === undefined)
      return opened === undefined ? refusals.noSuchConnection : refusals.noSuchConnectionToOpen(opened)
    // Nothing happens to the connection: it is not theirs. What nobody known opens becomes nobody's, whoever has
    // negotiated it.
    const isFree = opened !== undefined && connection.life.transport === undefined && !user.isAuthenticated
    if (isFree || connection.credentials?.isForeign(connection.life.features, user) !== true) return connection
    if (opened !== undefined && endpoint.authentication?.options.enableAuthenticationRefresh === true)
      return foreignUserOfRefreshing
    return user.isAuthenticated ? refusals.foreignUser : refusals.signedOut
  }

  /** A POST for what has ended: what says why, on the stream or poll beside it, is to be there first. */
  #refuseLate(exchange: HttpExchange, refusal: Refusal): void {
    setTimeout(() => this.#refuse(exchange, refusal), graceMs).unref()
  }

  readonly #refuse = (exchange: HttpExchange, refusal: Refusal): void => {
    logRefusal(this.#manager.recurringLog, exchange.request, refusal)
    exchange.respond(refusal.response)
  }
}

const withoutCaching = (refusal: Refusal): Refusal => ({
  ...refusal,
  response: responses.withoutCaching(refusal.response),
})

const isConnection = (found: HttpConnection | Refusal): found is HttpConnection => 'connectionId' in found

/** Why a GET may not open this transport, in the order in which the real server looks. */
function refuseTransport(connection: HttpConnection, type: HttpTransportType): Refusal | undefined {
  const { options } = connection.endpoint
  if (!options.transports.includes(type)) return refusals.transportNotSupported(type, options)
  const { transport, status, isDisposed, canReconnect } = connection.life
  if (transport !== undefined && transport.type !== type) return refusals.cannotChangeTransports
  if (isDisposed && (canReconnect || transport === undefined)) return refusals.gone
  // A socket that still looks alive is no reason to refuse the one that resumes: it is dropped.
  if (transport !== undefined) return canReconnect ? undefined : refusals.conflict
  return status === 'active' ? refusals.conflict : undefined
}
