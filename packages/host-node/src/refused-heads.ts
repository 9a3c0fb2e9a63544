import type { Socket } from 'node:net'
import type { RecurringLog } from '@signalbox/abstractions'
import type { NodeServer } from './node-server.js'

/**
 * Says when Node has refused a request by itself, with 431, since its head was too large. Nobody is asked before that,
 * and a listener of `clientError` would have to answer in Node's place; so it is the end of the connection that tells.
 */
export function reportRefusedHeads(server: NodeServer, limitBytes: number, log: RecurringLog): void {
  const onClose = function (this: Socket): void {
    if ((this.errored as NodeJS.ErrnoException | null)?.code !== 'HPE_HEADER_OVERFLOW') return
    log.warn(
      'headTooLarge',
      `A request was refused with 431: its head has more than ${limitBytes} bytes. Make its cookies or its token smaller, or attach to a server with another maxHeaderSize.`,
    )
  }
  const watch = (socket: Socket) => void socket.once('close', onClose)
  server.on('connection', watch)
  server.on('secureConnection', watch)
}
