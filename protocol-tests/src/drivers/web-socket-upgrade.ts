import { randomBytes } from 'node:crypto'

/** A valid WebSocket handshake of HTTP/1.1 (RFC 6455, section 4.1). */
export function webSocketUpgradeHeaders(): Record<string, string> {
  return {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
  }
}
