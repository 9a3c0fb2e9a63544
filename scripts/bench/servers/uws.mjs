import { createRequire } from 'node:module'

/**
 * uWebSockets.js as the host room has it, so that every server here runs on the same build as Signalbox.
 * @type {typeof import('uWebSockets.js')}
 */
export const uWS = createRequire(new URL('../../../packages/host-uws/package.json', import.meta.url))('uWebSockets.js')

/**
 * Listens on a free port of the loopback interface and says so in the words of ASP.NET Core, which bench.mjs waits for.
 * @param {import('uWebSockets.js').TemplatedApp} app
 */
export function listen(app) {
  app.listen('127.0.0.1', 0, socket => {
    if (!socket) throw new Error('uWebSockets.js could not listen on 127.0.0.1')
    console.log(`Now listening on: http://127.0.0.1:${uWS.us_socket_local_port(socket)}`)
  })
}
