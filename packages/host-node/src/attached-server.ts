import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ExchangeSource } from './exchange-source.js'
import { giveBackAsOrdinary } from './give-back.js'
import { splitTarget } from './node-request.js'
import type { NodeServer } from './node-server.js'

/**
 * Takes the requests to some paths from a server that belongs to somebody else. A listener cannot keep an event from
 * the other listeners, and a framework answers whatever reaches its own; so it is `emit` that looks first, which also
 * makes the order of calls not matter.
 */
export class AttachedServer {
  readonly #server: NodeServer
  readonly #source: ExchangeSource
  readonly #takes: (path: string, method: string) => boolean
  readonly #ownEmit: NodeServer['emit']
  #isAttached = true

  constructor(server: NodeServer, source: ExchangeSource, takes: (path: string, method: string) => boolean) {
    this.#server = server
    this.#source = source
    this.#takes = takes
    const emit = server.emit.bind(server) as (event: string | symbol, ...details: unknown[]) => boolean
    this.#ownEmit = (event: string | symbol, ...details: unknown[]) =>
      this.#take(event, details) || emit(event, ...details)
    server.emit = this.#ownEmit
    server.on('upgrade', this.#onOtherUpgrade)
  }

  detach(): void {
    this.#isAttached = false
    this.#server.off('upgrade', this.#onOtherUpgrade)
    // Somebody else may have wrapped it since; then ours stays, and passes everything on.
    if (this.#server.emit === this.#ownEmit) Reflect.deleteProperty(this.#server, 'emit')
  }

  /** @returns false for what is not ours. */
  #take(event: string | symbol, details: readonly unknown[]): boolean {
    if (!this.#isAttached) return false
    if (event !== 'request' && event !== 'checkContinue' && event !== 'upgrade') return false
    const incoming = details[0] as IncomingMessage
    if (!this.#takes(splitTarget(incoming.url ?? '/').path, methodOf(incoming))) return false
    if (event === 'upgrade') this.#source.onUpgrade(incoming, details[1] as Duplex, details[2] as Buffer)
    else {
      const response = details[1] as ServerResponse
      if (event === 'checkContinue') response.writeContinue()
      this.#source.onRequest(incoming, response)
    }
    return true
  }

  /**
   * Where nobody listens for upgrades Node ignores what requests want to upgrade to; our listening must not change
   * that.
   */
  readonly #onOtherUpgrade = (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (this.#server.listenerCount('upgrade') > 1) return
    giveBackAsOrdinary(this.#server, socket as Socket, incoming, head)
  }
}

/** A browser's preflight is for whoever takes the request that it asks about. */
function methodOf({ method = 'GET', headers }: IncomingMessage): string {
  return (method === 'OPTIONS' ? headers['access-control-request-method'] : undefined) ?? method
}
