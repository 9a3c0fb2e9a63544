import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { createServer, Hub, type SignalboxServer, silentLogger } from '../index.js'

const textFrame = 1
const closeFrame = 8

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

/** A WebSocket by hand: a library would answer the close frame before we see it. */
class RawWebSocket {
  /** Resolves when TCP does not carry on. */
  readonly closed: Promise<unknown>
  readonly #socket: Socket
  #unread = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    this.closed = once(socket, 'close')
    socket.on('data', bytes => {
      this.#unread = Buffer.concat([this.#unread, bytes])
    })
  }

  static async open(port: number, path: string): Promise<RawWebSocket> {
    const client = new RawWebSocket(connect(port, '127.0.0.1'))
    client.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    await client.#until(() => client.#unread.includes('\r\n\r\n'))
    const headEnd = client.#unread.indexOf('\r\n\r\n') + 4
    expect(client.#unread.toString('latin1', 0, headEnd)).to.match(/^HTTP\/1\.1 101 /)
    client.#unread = client.#unread.subarray(headEnd)
    return client
  }

  /** Sends a short text, masked with zeros. */
  send(text: string): void {
    this.#socket.write(Buffer.from([0x80 | textFrame, 0x80 | text.length, 0, 0, 0, 0]))
    this.#socket.write(text)
  }

  /** The next frame, of at most 125 bytes. */
  async nextFrame(): Promise<Frame> {
    await this.#until(() => this.#unread.length >= 2 && this.#unread.length >= 2 + this.#unread[1]!)
    const end = 2 + this.#unread[1]!
    const frame = { opcode: this.#unread[0]! & 0x0f, payload: this.#unread.subarray(2, end) }
    this.#unread = this.#unread.subarray(end)
    return frame
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await once(this.#socket, 'data')
  }
}

describe('a server, closing', () => {
  let server: SignalboxServer
  let port: number
  let client: RawWebSocket | undefined
  let disconnecting: () => Promise<void>
  let disconnected: (Error | undefined)[]

  class ChatHub extends Hub {
    override onDisconnected(error: Error | undefined): Promise<void> {
      disconnected.push(error)
      return disconnecting()
    }
  }

  beforeEach(async () => {
    disconnected = []
    disconnecting = async () => {}
    server = createServer({ logger: silentLogger })
    server.mapHub('/chat', ChatHub)
    port = (await server.listen(0)).port
  })

  afterEach(async () => {
    client?.destroy()
    client = undefined
    await server.close()
  })

  async function connectClient(): Promise<RawWebSocket> {
    client = await RawWebSocket.open(port, '/chat')
    client.send('{"protocol":"json","version":1}\x1e')
    expect((await client.nextFrame()).payload.toString()).to.equal('{}\x1e')
    return client
  }

  it('tells clients to reconnect, then closes their WebSockets with 1001', async () => {
    const client = await connectClient()
    const closed = server.close()
    const close = await client.nextFrame()
    expect([close.opcode, close.payload.toString()]).to.deep.equal([textFrame, '{"type":7,"allowReconnect":true}\x1e'])
    const end = await client.nextFrame()
    expect([end.opcode, end.payload.readUInt16BE()]).to.deep.equal([closeFrame, 1001])
    await closed
  })

  it('calls onDisconnected without an error before it is done', async () => {
    await connectClient()
    await server.close()
    expect(disconnected).to.deep.equal([undefined])
  })

  it('closes a WebSocket that has not shaken hands without a hub message', async () => {
    client = await RawWebSocket.open(port, '/chat')
    const closed = server.close()
    expect((await client.nextFrame()).opcode).to.equal(closeFrame)
    await closed
  })

  it('ends a pending poll with the Close', async () => {
    const address = `http://127.0.0.1:${port}/chat`
    const negotiated = await fetch(`${address}/negotiate?negotiateVersion=1`, { method: 'POST' })
    const { connectionToken } = (await negotiated.json()) as { connectionToken: string }
    const poll = async () => (await fetch(`${address}?id=${connectionToken}`)).text()
    await poll()
    const answer = poll()
    await fetch(`${address}?id=${connectionToken}`, {
      method: 'POST',
      body: '{"protocol":"json","version":1}\x1e',
    })
    expect(await answer).to.equal('{}\x1e')
    const last = poll()
    await fetch(address) // so that the poll has arrived
    const closed = server.close()
    expect(await last).to.equal('{"type":7,"allowReconnect":true}\x1e')
    await closed
  })

  it('cuts what is still open after the drain time', async () => {
    let release!: () => void
    disconnecting = () =>
      new Promise(resolve => {
        release = resolve
      })
    const client = await connectClient()
    await server.close({ drainTimeoutMs: 1 })
    await client.closed
    release()
  })

  it('takes no more connections', async () => {
    await server.close()
    const error = await fetch(`http://127.0.0.1:${port}/chat`).catch((error: Error) => error.cause)
    expect(error).to.have.property('code', 'ECONNREFUSED')
  })

  it('is done at once without connections, and may be asked twice', async () => {
    await server.close()
    await server.close()
    expect(server.connectionCount).to.equal(0)
  })

  it('counts connections until they are gone', async () => {
    await connectClient()
    expect(server.connectionCount).to.equal(1)
    await server.close()
    expect(server.connectionCount).to.equal(0)
  })

  it('may listen again, and then ends connections as ever', async () => {
    await server.close()
    port = (await server.listen(0)).port
    const client = await connectClient()
    client.send('{"type":7}\x1e')
    await client.nextFrame()
    const end = await client.nextFrame()
    expect([end.opcode, end.payload.readUInt16BE()]).to.deep.equal([closeFrame, 1000])
  })
})
