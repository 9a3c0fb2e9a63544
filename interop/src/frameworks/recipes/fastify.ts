import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { createServer, Hub, hubMethod } from 'signalbox'

class ChatHub extends Hub {
  @hubMethod
  async send(text: string): Promise<void> {
    await this.clients.all['receive']!(text)
  }
}

const signalbox = createServer()
signalbox.mapHub('/chat', ChatHub)

const fastify = Fastify({
  // For `localhost` Fastify makes a server per address; each of them serves the hub.
  serverFactory(handler) {
    const web = createHttpServer(handler)
    signalbox.attach(web)
    return web
  },
})
fastify.get('/', () => 'Fastify is here.')
fastify.addHook('preClose', () => signalbox.close()) // tells the clients to reconnect elsewhere

await fastify.listen({ port: Number(process.env['PORT'] ?? 5000) })
console.log(`Listening on http://localhost:${(fastify.server.address() as AddressInfo).port}`)

process.once('SIGTERM', () => fastify.close())
