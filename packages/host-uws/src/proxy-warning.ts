import type { HttpRequest, RecurringLog } from '@signalbox/abstractions'

/**
 * uWebSockets.js ends connections that have had no request for 10 s, and has no option for that. A proxy that keeps its
 * own longer answers 502 for what it sends at that moment, and nobody on this side learns of it. So the first request
 * of a proxy that keeps connections is a warning.
 */
export class ProxyWarning {
  readonly #log: RecurringLog | undefined
  #isGiven = false

  constructor(log: RecurringLog | undefined) {
    this.#log = log
  }

  /** @param request - one that is no handshake of a WebSocket, whose connection is not used again anyway. */
  look(request: HttpRequest): void {
    if (this.#isGiven || !comesFromProxy(request) || isLastOfConnection(request)) return
    this.#isGiven = true
    this.#log?.warn(
      'proxyKeepsConnections',
      'A proxy keeps connections to uWebSockets.js open, which ends them after 10 s without a request: what the proxy sends at that moment' +
        ' fails with 502. Let the proxy end them earlier (nginx: keepalive_timeout 5s), or set host to nodeHost(). See docs/behind-a-proxy.md.',
    )
  }
}

const comesFromProxy = (request: HttpRequest): boolean =>
  request.header('x-forwarded-for') !== undefined ||
  request.header('via') !== undefined ||
  request.header('forwarded') !== undefined

const isLastOfConnection = (request: HttpRequest): boolean => request.header('connection')?.toLowerCase() === 'close'
