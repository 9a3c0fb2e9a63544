import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { within } from './deadline.js'

/** A TCP connection to the server that may send what no client library would. */
export class RawSocket {
  readonly closed: Promise<void>
  /** Resolves with the server's close frame, or else with the end of the connection. */
  readonly thrownOut: Promise<void>
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {}) // a reset is one way to be thrown out
    this.closed = new Promise(resolve => socket.on('close', () => resolve()))
    const closeFrame = new Promise<void>(resolve => {
      socket.on('data', bytes => {
        if (endsWithCloseFrame(bytes)) resolve()
      })
    })
    this.thrownOut = Promise.race([closeFrame, this.closed])
  }

  static async connect(url: string): Promise<RawSocket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await within(once(socket, 'connect'), 'the TCP connection')
    return new RawSocket(socket)
  }

  /** Upgrades to a WebSocket without negotiate. */
  static async webSocket(url: string, path: string): Promise<RawSocket> {
    const raw = await RawSocket.connect(url)
    const answer = once(raw.#socket, 'data') as Promise<[Buffer]>
    raw.send(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    const [head] = await within(answer, 'the answer to the upgrade')
    if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(`no upgrade: ${head.toString('latin1')}`)
    return raw
  }

  send(bytes: string | Uint8Array): void {
    this.#socket.write(bytes)
  }

  /** Sends a well-formed WebSocket message, whatever is in it. */
  sendMessage(payload: string | Uint8Array, opcode = textOpcode): void {
    this.send(frame(opcode, Buffer.from(payload)))
  }

  /** Sends what is pending and says goodbye on the level of TCP. */
  end(): void {
    this.#socket.end()
  }

  /** Resets the connection: no goodbye on any level. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }
}

const textOpcode = 1

/** It is the last that a server sends: an opcode, a length of two, and a code. */
const endsWithCloseFrame = (bytes: Buffer): boolean => bytes.at(-4) === 0x88 && bytes.at(-3) === 2

/** A masked frame with FIN; the mask of zeros leaves the payload as it is. @source RFC 6455, 5.2 */
function frame(opcode: number, payload: Buffer): Buffer {
  const mask = [0, 0, 0, 0]
  const { length } = payload
  const head =
    length < 126
      ? [0x80 | opcode, 0x80 | length]
      : [
          0x80 | opcode,
          0x80 | 127,
          0,
          0,
          0,
          0,
          length >>> 24,
          (length >>> 16) & 255,
          (length >>> 8) & 255,
          length & 255,
        ]
  return Buffer.concat([Buffer.from([...head, ...mask]), payload])
}
