import type {
  BodyResult,
  HostSocket,
  HostSocketHandler,
  HostStream,
  HostStreamHandler,
  HttpExchange,
  HttpResponse,
  RequestSnapshot,
} from '@signalbox/connections'
import { handshakeHeaders } from '../raw-clients/raw-web-socket.js'
import { requestWith } from './request-with.js'

/** A request without a network. What is answered is kept; a WebSocket is accepted onto the given socket. */
export class FakeExchange implements HttpExchange {
  readonly request: RequestSnapshot
  readonly #socket: HostSocket
  response: HttpResponse | undefined
  /** The other end of an accepted WebSocket: what the peer does is called here. */
  socketHandler: HostSocketHandler | undefined

  constructor(request: RequestSnapshot, socket: HostSocket) {
    this.request = request
    this.#socket = socket
  }

  respond(response: HttpResponse): void {
    this.response ??= response
  }

  stream(_response: HttpResponse, _handler: HostStreamHandler): HostStream {
    throw new Error('This request cannot be answered by a stream.')
  }

  acceptWebSocket(handler: HostSocketHandler): void {
    this.socketHandler = handler
    handler.onOpen(this.#socket)
  }

  readBody(_limitBytes: number, done: (result: BodyResult) => void): void {
    done({ kind: 'complete', bytes: new Uint8Array() })
  }

  onAborted(): void {}
}

/** A GET that asks for a WebSocket. */
export const webSocketRequest = (path: string, queryString = ''): RequestSnapshot =>
  requestWith({ path, queryString, headers: Object.entries(handshakeHeaders) })
