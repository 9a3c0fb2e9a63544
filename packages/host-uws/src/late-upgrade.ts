import type { HttpResponse as UwsResponse } from 'uWebSockets.js'
import { UwsSocket } from './uws-socket.js'

/**
 * Upgrades a response after the callback of its request has returned.
 *
 * uWebSockets.js wants that under a cork, else it complains on stderr. But behind an upgrade the response's own `cork`
 * goes on to read memory that has just been given back, and by what it finds there it now and then ends the new socket.
 * Beneath the cork of another socket it does not; only while no socket is open there is nothing but the complaint.
 * @source HttpResponse.h, `cork`; seen on uWebSockets.js 20.51
 */
export function upgradeLate(response: UwsResponse, isOver: () => boolean, upgrade: () => void): void {
  // An upgrade in the midst of the callbacks of another request would be taken for that one's.
  setImmediate(() => {
    const isCorked = !isOver() && UwsSocket.corkAnyOpen(() => response.cork(upgrade))
    if (!isCorked) upgrade()
  })
}
