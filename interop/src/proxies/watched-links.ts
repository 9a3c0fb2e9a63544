import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP relay in front of a server that tells which side ends the first connection. */
export class WatchedLinks {
  readonly port: number
  readonly firstEnd: Promise<'client' | 'server'>
  readonly #server: Server
  readonly #sockets: ReadonlySet<Socket>

  private constructor(server: Server, sockets: ReadonlySet<Socket>, firstEnd: Promise<'client' | 'server'>) {
    this.#server = server
    this.#sockets = sockets
    this.firstEnd = firstEnd
    this.port = (server.address() as AddressInfo).port
  }

  static async start(target: number): Promise<WatchedLinks> {
    let tell: (side: 'client' | 'server') => void
    const firstEnd = new Promise<'client' | 'server'>(resolve => {
      tell = resolve
    })
    const sockets = new Set<Socket>()
    const relay = createServer(client => {
      const server = connect(target, '127.0.0.1')
      sockets.add(client).add(server)
      client.once('end', () => tell('client')).on('error', () => {})
      server.once('end', () => tell('server')).on('error', () => {})
      client.pipe(server).pipe(client)
    })
    relay.listen(0, '127.0.0.1')
    await once(relay, 'listening')
    return new WatchedLinks(relay, sockets, firstEnd)
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
