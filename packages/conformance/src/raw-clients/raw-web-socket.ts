import { type Parse, RawConnection } from './raw-connection.js'
import { type RawHead, readHead, writeRequest } from './raw-http.js'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface RawFrame {
  readonly opcode: number
  readonly isFinal: boolean
  readonly payload: Buffer
}

/** The sample key of RFC 6455, section 1.3; its answer is known. */
export const webSocketKey = 'dGhlIHNhbXBsZSBub25jZQ=='
export const webSocketAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

export const handshakeHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': webSocketKey,
} as const

/** A client's WebSocket, frame by frame. */
export class RawWebSocket {
  readonly connection: RawConnection
  readonly handshake: RawHead

  constructor(connection: RawConnection, handshake: RawHead) {
    this.connection = connection
    this.handshake = handshake
  }

  static async open(port: number, path: string): Promise<RawWebSocket> {
    const connection = await RawConnection.open(port)
    writeRequest(connection, { path, headers: handshakeHeaders })
    const handshake = await readHead(connection)
    if (handshake.status !== 101) throw new Error(`The handshake was answered ${handshake.status}.`)
    return new RawWebSocket(connection, handshake)
  }

  sendText(text: string): void {
    this.connection.write(clientFrame(opcodes.text, text))
  }

  sendClose(code: number): void {
    this.connection.write(clientFrame(opcodes.close, closePayload(code)))
  }

  readFrame(): Promise<RawFrame> {
    return this.connection.read(parseServerFrame)
  }

  async readText(): Promise<string> {
    return (await this.readFrame()).payload.toString()
  }
}

export function closePayload(code: number): Buffer {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return payload
}

const mask = [0x12, 0x34, 0x56, 0x78] as const

/** A frame as clients send them: masked. */
export function clientFrame(opcode: number, payload: string | Uint8Array, isFinal = true): Buffer {
  const bytes = Buffer.from(payload)
  const masked = bytes.map((byte, index) => byte ^ mask[index % 4]!)
  return Buffer.concat([frameHead(opcode, bytes.length, isFinal), Buffer.from(mask), masked])
}

function frameHead(opcode: number, length: number, isFinal: boolean): Buffer {
  const first = (isFinal ? 0x80 : 0) | opcode
  if (length < 126) return Buffer.from([first, 0x80 | length])
  const head = Buffer.alloc(length < 65_536 ? 4 : 10)
  head[0] = first
  if (length < 65_536) {
    head[1] = 0x80 | 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 0x80 | 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return head
}

const parseServerFrame: Parse<RawFrame> = bytes => {
  if (bytes.length < 2) return undefined
  const short = bytes[1]! & 0x7f
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const end = start + length
  if (bytes.length < end) return undefined
  const frame = { opcode: bytes[0]! & 0x0f, isFinal: (bytes[0]! & 0x80) !== 0, payload: bytes.subarray(start, end) }
  return { value: frame, consumed: end }
}
