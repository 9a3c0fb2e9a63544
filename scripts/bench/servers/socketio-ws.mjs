// Socket.IO as most people run it: node:http and the engine "ws".
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { OPTIONS, serveEvents } from './socketio-events.mjs'

const http = createServer()
serveEvents(new Server(http, OPTIONS))
http.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address())
  console.log(`Now listening on: http://127.0.0.1:${port}`)
})
