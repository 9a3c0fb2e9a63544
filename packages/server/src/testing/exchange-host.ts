import { RecordingSocket } from '@signalbox/conformance'
import type { Host, HostHandler, HostSocketHandler, HttpExchange, HttpResponse } from '@signalbox/connections'
import { RequestSnapshot } from '@signalbox/connections'

/** A host without sockets: its requests come from wherever a test has them. */
export class ExchangeHost implements Host {
  readonly name = 'elsewhere'
  #handler: HostHandler | undefined

  async listen(_: unknown, handler: HostHandler): Promise<number> {
    this.#handler = handler
    return 0
  }

  get isListening(): boolean {
    return this.#handler !== undefined
  }

  stopListening(): void {}

  terminate(): void {
    this.#handler = undefined
  }

  /**
   * @param headers - one a line.
   * @returns how it is answered; a WebSocket as the handler of its frames.
   */
  feed(
    method: string,
    path: string,
    headers = '',
    socket = new RecordingSocket(),
  ): Promise<HttpResponse | HostSocketHandler> {
    const [plain = '', query = ''] = path.split('?')
    const request = new RequestSnapshot(method, plain, query, '192.0.2.9', `\n${headers}\n`)
    return new Promise((resolve, reject) => {
      const exchange: HttpExchange = {
        request,
        respond: resolve,
        stream: () => reject(new Error('not here')) as never,
        acceptWebSocket(handler) {
          handler.onOpen(socket)
          resolve(handler)
        },
        readBody: (_, done) => done({ kind: 'complete', bytes: new Uint8Array() }),
        onAborted() {},
      }
      this.#handler!(exchange)
    })
  }
}
