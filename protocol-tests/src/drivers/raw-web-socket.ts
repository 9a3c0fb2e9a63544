import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { within } from './deadline.js'
import type { HttpAnswer, HttpExchange } from './http-exchange.js'
import { Inbox } from './inbox.js'

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export interface Frame {
  readonly opcode: number
  readonly fin: boolean
  readonly payload: Buffer
}

/** A frame to send, right or wrong. A final, masked text frame without reserved bits unless told otherwise. */
export interface OutgoingFrame {
  readonly opcode?: number
  readonly payload?: string | Uint8Array
  readonly fin?: boolean
  readonly masked?: boolean
  /** The three reserved bits of the first byte, as a number of 0 to 7. */
  readonly reserved?: number
}

/** A WebSocket on the level of bytes: nothing is answered or checked on its own. */
export class RawWebSocket {
  readonly answer: HttpAnswer
  /** 'FIN' when the server closed its side in order, else the error's code, such as ECONNRESET. */
  readonly ended: Promise<string>
  readonly #socket: Socket
  readonly #frames = new Inbox<Frame>()
  #bytes: Buffer

  static async open(exchange: HttpExchange): Promise<RawWebSocket> {
    const upgraded = await within(exchange.upgraded, 'the answer to the upgrade')
    const answer = await within(exchange.answer, 'the answer to the upgrade')
    if (!upgraded) throw new Error(`The upgrade was answered ${answer.status} ${answer.body}`)
    return new RawWebSocket(answer, upgraded.socket, upgraded.head)
  }

  private constructor(answer: HttpAnswer, socket: Socket, head: Buffer) {
    this.answer = answer
    this.#socket = socket
    this.#bytes = head
    this.ended = new Promise(resolve => {
      const end = (how: string) => {
        this.#frames.end(`the TCP connection ended (${how})`)
        resolve(how)
      }
      socket.on('end', () => end('FIN'))
      socket.on('error', error => end((error as NodeJS.ErrnoException).code ?? error.message))
      socket.on('close', () => end('closed'))
    })
    socket.on('data', chunk => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      this.#cutFrames()
    })
    this.#cutFrames()
  }

  send(frame: OutgoingFrame): void {
    this.sendBytes(frameBytes(frame))
  }

  sendText(payload: string): void {
    this.send({ payload })
  }

  sendClose(code?: number): void {
    const payload = Buffer.alloc(code === undefined ? 0 : 2)
    if (code !== undefined) payload.writeUInt16BE(code)
    this.send({ opcode: opcodes.close, payload })
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  nextFrame(deadlineMs?: number): Promise<Frame> {
    return this.#frames.next('a WebSocket frame', deadlineMs)
  }

  /** The next frame as a check likes to compare it: its kind and its text, or its hex when binary. */
  async next(deadlineMs?: number): Promise<string> {
    return describeFrame(await this.nextFrame(deadlineMs))
  }

  /** The client's side of TCP is closed, without a close frame. */
  endTcp(): void {
    this.#socket.end()
  }

  /** The connection is lost. A socket that one side has closed in order cannot be reset any more. */
  reset(): void {
    const isOpen = this.#socket.writable && !this.#socket.readableEnded
    if (isOpen) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  /** The client takes no more bytes from the network. */
  stopReading(): void {
    this.#socket.pause()
  }

  #cutFrames(): void {
    for (;;) {
      const length = this.#bytes[1]
      if (length === undefined) return
      const extended = length === 126 ? 2 : length === 127 ? 8 : 0
      const start = 2 + extended
      if (this.#bytes.length < start) return
      const size =
        extended === 0 ? length : extended === 2 ? this.#bytes.readUInt16BE(2) : Number(this.#bytes.readBigUInt64BE(2))
      if (this.#bytes.length < start + size) return
      const first = this.#bytes[0]!
      const payload = this.#bytes.subarray(start, start + size)
      this.#frames.push({ opcode: first & 0x0f, fin: first >= 0x80, payload })
      this.#bytes = this.#bytes.subarray(start + size)
    }
  }
}

export function frameBytes({ opcode = opcodes.text, payload = '', ...rest }: OutgoingFrame): Buffer {
  const { fin = true, masked = true, reserved = 0 } = rest
  const data = Buffer.from(payload as Uint8Array)
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode]
  const maskBit = masked ? 0x80 : 0
  if (data.length < 126) head.push(maskBit | data.length)
  else if (data.length < 0x10000) head.push(maskBit | 126, data.length >> 8, data.length & 0xff)
  else head.push(maskBit | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map(shift => (data.length >>> shift) & 0xff))
  if (!masked) return Buffer.concat([Buffer.from(head), data])
  const mask = randomBytes(4)
  return Buffer.concat([Buffer.from(head), mask, data.map((byte, at) => byte ^ mask[at % 4]!)])
}

function describeFrame({ opcode, payload }: Frame): string {
  if (opcode === opcodes.close) {
    const code = payload.length < 2 ? 'without a code' : payload.readUInt16BE(0)
    return `close ${code}${payload.length > 2 ? ` ${payload.subarray(2)}` : ''}`
  }
  const kind = Object.entries(opcodes).find(([, value]) => value === opcode)?.[0] ?? `opcode ${opcode}`
  const data = opcode === opcodes.binary ? payload.toString('hex') : payload.toString('utf8')
  return data === '' ? kind : `${kind} ${data}`
}
