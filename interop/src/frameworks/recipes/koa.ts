import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { createServer, Hub, hubMethod } from 'signalbox'

class ChatHub extends Hub {
  @hubMethod
  async send(text: string): Promise<void> {
    await this.clients.all['receive']!(text)
  }
}

const app = new Koa()
app.use(context => {
  context.body = 'Koa is here.'
})

const signalbox = createServer()
signalbox.mapHub('/chat', ChatHub)

const web = app.listen(Number(process.env['PORT'] ?? 5000), '127.0.0.1', () =>
  console.log(`Listening on http://127.0.0.1:${(web.address() as AddressInfo).port}`),
)
signalbox.attach(web)

process.once('SIGTERM', async () => {
  await signalbox.close() // tells the clients to reconnect elsewhere
  web.close()
})
