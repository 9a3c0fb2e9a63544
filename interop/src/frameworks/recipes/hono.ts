import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { createServer, Hub, hubMethod, type NodeServer } from 'signalbox'

class ChatHub extends Hub {
  @hubMethod
  async send(text: string): Promise<void> {
    await this.clients.all['receive']!(text)
  }
}

const app = new Hono()
app.get('/', context => context.text('Hono is here.'))

const signalbox = createServer()
signalbox.mapHub('/chat', ChatHub)

const options = { fetch: app.fetch, port: Number(process.env['PORT'] ?? 5000), hostname: '127.0.0.1' }
const web = serve(options, ({ port }) => console.log(`Listening on http://127.0.0.1:${port}`)) as NodeServer
signalbox.attach(web)

process.once('SIGTERM', async () => {
  await signalbox.close() // tells the clients to reconnect elsewhere
  web.close()
})
