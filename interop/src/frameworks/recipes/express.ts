import type { AddressInfo } from 'node:net'
import express from 'express'
import { createServer, Hub, hubMethod } from 'signalbox'

class ChatHub extends Hub {
  @hubMethod
  async send(text: string): Promise<void> {
    await this.clients.all['receive']!(text)
  }
}

const app = express()
app.get('/', (_request, response) => void response.send('Express is here.'))

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
