import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/**
 * A TCP relay in front of the server whose connections can be cut without a goodbye, like a phone that changes its
 * network.
 */
export class CuttingProxy {
  readonly url: string
  readonly #server: Server
  readonly #links: Set<readonly [Socket, Socket]>

  private constructor(server: Server, links: Set<readonly [Socket, Socket]>) {
    this.#server = server
    this.#links = links
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(target: string): Promise<CuttingProxy> {
    const links = new Set<readonly [Socket, Socket]>()
    const server = createServer(client => relay(client, connect(Number(new URL(target).port), '127.0.0.1'), links))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new CuttingProxy(server, links)
  }

  /** Both ends are reset, and what is under way is lost. Whoever connects again is relayed. */
  cut(): void {
    // The server first: a client that comes back must find its old connection gone, not taken.
    for (const [client, server] of this.#links) {
      server.resetAndDestroy()
      client.resetAndDestroy()
    }
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
  }
}

function relay(client: Socket, server: Socket, links: Set<readonly [Socket, Socket]>): void {
  const link = [client, server] as const
  links.add(link)
  client.pipe(server)
  server.pipe(client)
  for (const [end, other] of [link, [server, client]] as const) {
    end.on('error', () => {}) // a cut is one
    end.on('close', () => {
      other.destroy()
      links.delete(link)
    })
  }
}
