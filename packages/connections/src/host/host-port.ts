import type { EventEmitter } from 'node:events'
import type { RecurringLog, TransferFormat } from '@signalbox/abstractions'
import type { MessageNeeds } from '../transports/message-limit.js'
import type { ReceivedRequest } from './received-request.js'
import type { TlsFiles } from './tls-files.js'
import type { TrustedProxies } from './trusted-proxies.js'

/** A whole answer. A refusal is a value of this type, so no host needs to know why a request was refused. */
export interface HttpResponse {
  readonly status: number
  /** Header names as they shall appear; an array repeats the header (`Set-Cookie`). */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** None gives `Content-Length: 0`, and neither body nor length for 204 and for HEAD. */
  readonly body?: string | Uint8Array
}

/** The open body of a streamed answer (chunked). */
export interface HostStream {
  /** @returns false when the bytes were taken but the peer is slow: write again after `onDrain`. */
  write(bytes: Uint8Array): boolean
  /** Ends the body normally. */
  end(): void
  /** Cuts the TCP connection: the peer sees a body without its end. */
  terminate(): void
}

/** Called by the host while a request lives; each at most once unless said otherwise. */
export interface HostStreamHandler {
  /** May be called often. */
  onDrain(): void
  /** The peer went away before the end. Nothing may be written any more. */
  onAborted(): void
}

/** One accepted WebSocket. After `onClose` it does nothing. */
export interface HostSocket {
  /**
   * Sends one whole message, a text frame or a binary one.
   * @returns false when the bytes were taken but the peer is slow: send again after `onDrain`.
   */
  send(bytes: Uint8Array, format: TransferFormat): boolean
  /** The same for a text frame, where taking the text costs less than making bytes of it first. */
  sendText?(text: string): boolean
  /** Bytes the host holds because the peer does not take them. */
  readonly bufferedBytes: number
  /** Sends what is buffered, then a close frame with an empty reason, then ends the socket. */
  close(code: number): void
  /** Cuts the TCP connection without a close frame. */
  terminate(): void
  /** Stops reading from the peer, where a host can; messages that have been read already still come. */
  pause?(): void
  /** Reads on. */
  resume?(): void
}

export interface HostSocketHandler {
  onOpen(socket: HostSocket): void
  /** One whole message, whatever its frame type; the memory belongs to the host. */
  onMessage(bytes: Uint8Array): void
  /** May be called often. */
  onDrain(): void
  /**
   * The socket has ended, whoever ended it; called once.
   * @param graceful - true when the peer sent a close frame.
   * @param error - what the peer did wrong at the level of frames, if anything.
   */
  onClose(graceful: boolean, error: Error | undefined): void
}

/** How reading a request's body ended. */
export type BodyResult =
  | { readonly kind: 'complete'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'aborted' }

/**
 * One HTTP request and the ways to answer it. Exactly one of `respond`, `stream` and `acceptWebSocket` is called; later
 * calls, and calls after the peer went away, do nothing.
 */
export interface HttpExchange {
  readonly request: ReceivedRequest
  respond(response: HttpResponse): void
  /**
   * Sends the head at once and leaves the body open. `body` of the response is its first bytes.
   * @param filler - bytes that mean nothing to the peer. A host that ends a chunk only when the next one begins sends
   * them behind each write, since there are clients that read whole chunks.
   */
  stream(response: HttpResponse, handler: HostStreamHandler, filler?: Uint8Array): HostStream
  /**
   * Only for a request that passed `isWebSocketHandshake`. When the peer has gone already, the handler gets `onClose`
   * and no `onOpen`.
   * @param headers - added to the 101.
   */
  acceptWebSocket(handler: HostSocketHandler, headers?: HttpResponse['headers']): void
  /**
   * Collects the body. At most `limitBytes` are kept; a longer body is read to its end and thrown away, so that the
   * answer reaches the peer and its connection lives on. A body that stalls is the host's to end, within 15 s; it
   * counts as aborted.
   * @param admits - asked for each part before it is kept; a no makes the body one that is too large.
   */
  readBody(limitBytes: number, done: (result: BodyResult) => void, admits?: (bytes: number) => boolean): void
  /** Called when the peer goes away before an answer was complete. One listener. */
  onAborted(listener: () => void): void
}

/** What a host gives every request to. It must not throw. */
export type HostHandler = (exchange: HttpExchange) => void

export interface ListenOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly hostname: string
  /** Serves HTTPS and WSS. */
  readonly tls?: TlsFiles | undefined
  /**
   * Several processes may listen on the port, each with this option; the system shares new connections out among them.
   * Default false.
   * @source SO_REUSEPORT
   */
  readonly shared?: boolean | undefined
}

/** A host: an HTTP and WebSocket server underneath. `@signalbox/host-uws` and `@signalbox/host-node` are two. */
export interface Host {
  /** For the log, for example `uWebSockets.js`. */
  readonly name: string
  /** From the host's own option; the server is who heeds them, and its option goes before this. */
  readonly trustedProxies?: TrustedProxies | undefined
  /**
   * Lets WebSocket messages of some size through; called for everything that is mapped, before `listen` and later. A
   * host without it lets everything through.
   * @throws ConfigurationError when it was told otherwise, or cannot change that any more.
   */
  admitMessages?(needs: MessageNeeds): void
  /**
   * May be called again to listen at one more address.
   * @param recurringLog - where the host says what it refuses by itself.
   * @returns the port.
   * @throws ConfigurationError when the port is taken or not allowed, or cannot be shared.
   */
  listen(options: ListenOptions, handler: HostHandler, recurringLog?: RecurringLog): Promise<number>
  /**
   * Serves some paths of a server that exists, where a host can; its other requests and upgrades go where they went
   * before. The server may listen already or later. `terminate` lets go of it.
   * @param server - an `http.Server` or `https.Server` of Node.
   * @param takes - whether a request to a path is served; asked for every request.
   */
  attach?(
    server: EventEmitter,
    handler: HostHandler,
    takes: (path: string, method: string) => boolean,
    recurringLog?: RecurringLog,
  ): void
  /** Stops accepting connections; open ones go on. */
  stopListening(): void
  /** Cuts every connection that is still open. */
  terminate(): void
}
