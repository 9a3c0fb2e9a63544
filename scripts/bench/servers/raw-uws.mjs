// The floor: uWebSockets.js without any protocol above the WebSocket. A message that begins with E goes back to its
// sender, one that begins with B goes to everybody through uWebSockets.js' own publish (sigload's flavour "raw").
import { listen, uWS } from './uws.mjs'

const EVERYBODY = 'everybody'
const B = 'B'.charCodeAt(0)

const app = uWS.App()
app.ws('/*', {
  // The default of 16 KiB is one byte too small for the echo of 16 KiB.
  maxPayloadLength: 1024 * 1024,
  open: socket => {
    socket.subscribe(EVERYBODY)
  },
  message: (socket, message, isBinary) => {
    if (new Uint8Array(message)[0] === B) app.publish(EVERYBODY, message, isBinary)
    else socket.send(message, isBinary)
  },
})
listen(app)
