import type { Host } from 'signalbox'
import type { Fault, Frame } from './fault.js'
import type {
  BodyResult,
  HostSocket,
  HostSocketHandler,
  HostStream,
  HostStreamHandler,
  HttpExchange,
  HttpRequest,
  HttpResponse,
} from './host-types.js'

/** The host with one fault in what passes through it. */
export function faultyHost(host: Host, fault: Fault): Host {
  return {
    name: host.name,
    listen: (options, handler) => host.listen(options, exchange => handler(new FaultyExchange(exchange, fault))),
    stopListening: () => host.stopListening(),
    terminate: () => host.terminate(),
  }
}

class FaultyExchange implements HttpExchange {
  readonly request: HttpRequest
  readonly #exchange: HttpExchange
  readonly #fault: Fault

  constructor(exchange: HttpExchange, fault: Fault) {
    this.#exchange = exchange
    this.#fault = fault
    this.request = fault.request?.(exchange.request) ?? exchange.request
  }

  respond(response: HttpResponse): void {
    const { answer } = this.#fault
    const bent = answer === undefined ? response : answer(response, this.request)
    if (bent !== undefined) this.#exchange.respond(bent)
  }

  stream(response: HttpResponse, handler: HostStreamHandler): HostStream {
    const { event, eventStream, neverEndsEventStreams } = this.#fault
    const stream = this.#exchange.stream(eventStream?.(response) ?? response, handler)
    return {
      write: bytes => stream.write(event === undefined ? bytes : Buffer.from(event(Buffer.from(bytes).toString()))),
      end: () => {
        if (!neverEndsEventStreams) stream.end()
      },
      terminate: () => stream.terminate(),
    }
  }

  acceptWebSocket(handler: HostSocketHandler, headers?: HttpResponse['headers']): void {
    const { received, upgradeHeaders } = this.#fault
    const faultyHandler: HostSocketHandler = {
      onOpen: socket => handler.onOpen(new FaultySocket(socket, this.#fault)),
      onMessage: bytes => {
        const bent = received === undefined ? bytes : received(bytes)
        if (bent !== undefined) handler.onMessage(bent)
      },
      onDrain: () => handler.onDrain(),
      onClose: (graceful, error) => handler.onClose(graceful, error),
    }
    const allHeaders = upgradeHeaders === undefined ? headers : { ...headers, ...upgradeHeaders }
    this.#exchange.acceptWebSocket(faultyHandler, allHeaders)
  }

  readBody(limitBytes: number, done: (result: BodyResult) => void): void {
    const { received } = this.#fault
    this.#exchange.readBody(limitBytes, result => {
      const isWhole = received !== undefined && result.kind === 'complete'
      done(isWhole ? { kind: 'complete', bytes: received(result.bytes) ?? Buffer.alloc(0) } : result)
    })
  }

  onAborted(listener: () => void): void {
    this.#exchange.onAborted(listener)
  }
}

class FaultySocket implements HostSocket {
  readonly #socket: HostSocket
  readonly #fault: Fault

  constructor(socket: HostSocket, fault: Fault) {
    this.#socket = socket
    this.#fault = fault
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes
  }

  send(bytes: Uint8Array, format: Frame['format']): boolean {
    const frames = this.#fault.frame?.({ bytes, format }, this) ?? [{ bytes, format }]
    return frames.map(frame => this.#socket.send(frame.bytes, frame.format)).every(Boolean)
  }

  close(code: number): void {
    const { closeCode } = this.#fault
    const bent = closeCode === undefined ? code : closeCode(code)
    if (bent === undefined) this.#socket.terminate()
    else this.#socket.close(bent)
  }

  terminate(): void {
    this.#socket.terminate()
  }
}
