// Socket.IO on uWebSockets.js, which is its fastest host: broadcasts go through uWebSockets.js' publish.
import { Server } from 'socket.io'
import { OPTIONS, serveEvents } from './socketio-events.mjs'
import { listen, uWS } from './uws.mjs'

const app = uWS.App()
const io = new Server(OPTIONS)
io.attachApp(app)
serveEvents(io)
listen(app)
