import { createServer, Hub, type HubContext, type ServerOptions, type SignalboxServer, silentLogger } from 'signalbox'
import type { HostKind } from '../hosts/host-kinds.js'

/** What a server behind a proxy knows of a connection. */
export interface Sight {
  readonly port: number
  readonly scheme: string
  readonly remoteAddress: string
  readonly host: string | undefined
}

/** A server with a hub at `/chat`, as the page about proxies has it. */
export class ProxiedServer {
  readonly port: number
  /** Resolves when the first connection has ended. */
  readonly firstEnd: Promise<void>
  readonly #server: SignalboxServer
  readonly #chat: HubContext

  private constructor(port: number, server: SignalboxServer, chat: HubContext, firstEnd: Promise<void>) {
    this.port = port
    this.#server = server
    this.#chat = chat
    this.firstEnd = firstEnd
  }

  static async start(host: HostKind, options: ServerOptions = {}): Promise<ProxiedServer> {
    let port = 0
    let tellEnd: () => void
    const firstEnd = new Promise<void>(resolve => {
      tellEnd = resolve
    })
    class ChatHub extends Hub {
      static hubMethods = { where: 0, answerAfter: 1, count: 1 }

      where(): Sight {
        const { httpRequest } = this.context
        if (httpRequest === undefined) throw new Error('There is no request.')
        const { scheme, remoteAddress } = httpRequest
        return { port, scheme, remoteAddress, host: httpRequest.header('host') }
      }

      answerAfter(milliseconds: number): Promise<string> {
        return new Promise(resolve => setTimeout(() => resolve('late'), milliseconds))
      }

      override onDisconnected(): void {
        tellEnd()
      }

      async *count(numbers: number): AsyncIterable<number> {
        for (let number = 1; number <= numbers; number++) yield number
      }
    }
    const server = createServer({ host: host.create(), logger: silentLogger, ...options })
    server.mapHub('/chat', ChatHub)
    server.mapRequest('GET', '/health', () => ({ status: server.isReady ? 200 : 503 }))
    port = (await server.listen(0)).port
    return new ProxiedServer(port, server, server.hub(ChatHub), firstEnd)
  }

  /** How often it has refused something, by cause. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#server.refusals
  }

  /** Sends to everybody, as fast as they take it. */
  async pour(megabytes: number): Promise<void> {
    const text = 'x'.repeat(20_000)
    for (let count = 0; count < megabytes * 50; count++) await this.#chat.clients.all['data']!(text)
  }

  stop(): Promise<void> {
    return this.#server.close({ drainTimeoutMs: 0 })
  }
}
