import type { HttpRequest, HttpResponse } from './host-types.js'

/** One whole WebSocket message. */
export interface Frame {
  readonly bytes: Uint8Array
  readonly format: 'Text' | 'Binary'
}

/**
 * Something a SignalR server might do wrong. It sits between Signalbox and its host, so that everything a client can
 * see may be bent there and no code that ships knows of it.
 */
export interface Fault {
  /** What the server does, as a sentence; it is the fault's name too. */
  readonly what: string
  /** The area of the protocol tests in which it should show first. */
  readonly area: string

  /** A whole answer. Undefined: there is none, ever. */
  readonly answer?: (answer: HttpResponse, request: HttpRequest) => HttpResponse | undefined
  /** The head of an event stream and its first bytes. */
  readonly eventStream?: (head: HttpResponse) => HttpResponse
  /** One event, with the lines that frame it. */
  readonly event?: (event: string) => string
  readonly neverEndsEventStreams?: true
  /** Headers of the answer to a WebSocket handshake. */
  readonly upgradeHeaders?: Readonly<Record<string, string>>
  /** What goes out instead of a WebSocket message. The socket is there to be told from others. */
  readonly frame?: (frame: Frame, socket: object) => readonly Frame[]
  /** Undefined: TCP is cut without a close frame. */
  readonly closeCode?: (code: number) => number | undefined
  /** The request as Signalbox gets to see it. */
  readonly request?: (request: HttpRequest) => HttpRequest
  /** A payload from the client, a WebSocket message or the body of a POST. Undefined: it is lost. */
  readonly received?: (payload: Uint8Array) => Uint8Array | undefined
}
