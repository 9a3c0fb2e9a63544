// WebSockets only, so that no connection begins as long polling: the others are measured without a negotiate, too.
/** @type {Partial<import('socket.io').ServerOptions>} */
export const OPTIONS = { transports: ['websocket'], serveClient: false }

/**
 * The two calls of the benchmark as Socket.IO events; the acknowledgement stands for SignalR's completion.
 * @param {import('socket.io').Server} io
 */
export function serveEvents(io) {
  io.on('connection', socket => {
    socket.on('echo', (text, acknowledge) => acknowledge(text))
    socket.on('broadcast', (text, acknowledge) => {
      io.emit('message', text)
      acknowledge()
    })
  })
}
