import { onTextFrames, withQuery } from './edits.js'
import type { Fault } from './fault.js'

export const webSocketFaults: readonly Fault[] = [
  {
    what: 'text goes out as binary frames',
    area: 'web sockets',
    frame: frame => [{ ...frame, format: 'Binary' }],
  },
  {
    what: 'binary data goes out as text frames',
    area: 'web sockets',
    frame: frame => [{ ...frame, format: 'Text' }],
  },
  { what: 'a frame is sent twice', area: 'web sockets', frame: frame => [frame, frame] },
  {
    what: 'an empty frame precedes each other',
    area: 'web sockets',
    frame: frame => [{ ...frame, bytes: Buffer.alloc(0) }, frame],
  },
  {
    what: 'text behind 64 KiB of a frame is lost',
    area: 'web sockets',
    frame: onTextFrames(text => text.slice(0, 65_536)),
  },
  {
    what: 'the handshake agrees to a subprotocol',
    area: 'web sockets',
    upgradeHeaders: { 'Sec-WebSocket-Protocol': 'json' },
  },
  {
    what: 'a WebSocket needs an id',
    area: 'web sockets',
    request: request => {
      const upgrades = request.header('upgrade') !== undefined && request.query('id') === undefined
      return upgrades ? withQuery(request, () => 'none') : request
    },
  },
  { what: 'a WebSocket is closed with 1001', area: 'web socket endings', closeCode: () => 1001 },
  { what: 'a WebSocket is cut instead of closed', area: 'web socket endings', closeCode: () => undefined },
]
