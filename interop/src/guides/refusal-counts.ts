import { createServer, Hub } from 'signalbox'

class ChatHub extends Hub {}

const server = createServer()
server.mapHub('/chat', ChatHub)
server.mapRequest('/metrics/refusals', () => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(Object.fromEntries(server.refusals)),
}))

const { url } = await server.listen(Number(process.env['PORT'] ?? 5000))
console.log(`Now listening on: ${url}`)
