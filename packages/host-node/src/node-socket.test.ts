import type { HostSocket, HttpExchange } from '@signalbox/connections'
import { clientFrame, closePayload, EventQueue, opcodes, RawWebSocket } from '@signalbox/connections/testing'
import { expect } from 'chai'
import { nodeHost } from './node-host.js'

const megabyte = 1 << 20

describe('nodeHost: a WebSocket', () => {
  const host = nodeHost({ maximumWebSocketMessageBytes: megabyte, webSocketCloseTimeoutMs: 50 })
  let port: number
  let client: RawWebSocket
  let socket: HostSocket
  let messages: EventQueue<number>
  let closes: EventQueue<boolean>

  beforeEach(async () => {
    messages = new EventQueue()
    closes = new EventQueue()
    const opened = new EventQueue<HostSocket>()
    const accept = (exchange: HttpExchange) =>
      exchange.acceptWebSocket({
        onOpen: socket => opened.push(socket),
        onMessage: bytes => messages.push(bytes.length),
        onDrain() {},
        onClose: graceful => closes.push(graceful),
      })
    port = await host.listen({ port: 0, hostname: '127.0.0.1' }, accept)
    client = await RawWebSocket.open(port, '/')
    socket = await opened.next()
  })

  afterEach(() => {
    client.connection.vanish()
    host.terminate()
  })

  for (const [name, payload] of [
    ['1000', closePayload(1000)],
    ['3000', closePayload(3000)],
    ['no code', ''],
  ] as const)
    it(`answers a close frame with ${name} with 1000 and no reason`, async () => {
      client.connection.write(clientFrame(opcodes.close, payload))

      expect(await client.readFrame()).to.deep.include({ opcode: opcodes.close, payload: closePayload(1000) })
    })

  for (const [name, code, frame] of [
    ['text that is not UTF-8', 1007, clientFrame(opcodes.text, Buffer.from([0xff, 0xfe]))],
    ['a reserved opcode', 1002, clientFrame(3, '')],
    ['a frame without a mask', 1002, Buffer.from([0x81, 0])],
    ['a close frame with a code of its own making', 1002, clientFrame(opcodes.close, closePayload(999))],
  ] as const)
    it(`answers ${name} with ${code} and no reason`, async () => {
      client.connection.write(frame)

      expect(await client.readFrame()).to.deep.include({ opcode: opcodes.close, payload: closePayload(code) })
      expect(await closes.next()).to.equal(false)
    })

  it('cuts a peer whose message is too large', async () => {
    client.connection.write(clientFrame(opcodes.binary, Buffer.alloc(megabyte + 1)))

    expect((await client.connection.readToEnd()).length).to.equal(0)
  })

  it('cuts a peer that does not answer its close frame', async () => {
    socket.close(1000)
    await client.readFrame()

    await client.connection.closed
    expect(await closes.next()).to.equal(false)
  })

  it('hears a goodbye that answers its own', async () => {
    socket.close(1000)
    client.sendClose(1000)

    expect(await closes.next()).to.equal(true)
  })

  it('takes no message after its close frame', async () => {
    socket.close(1000)
    client.sendText('too late')
    client.sendClose(1000)
    await closes.next()

    expect(messages.length).to.equal(0)
  })

  it('reads no more while it is paused, so that the peer has to wait', async () => {
    socket.pause?.()
    const large = clientFrame(opcodes.binary, Buffer.alloc(megabyte))
    for (let sent = 0; sent < 32; sent++) client.connection.write(large)
    const other = await RawWebSocket.open(port, '/')
    other.sendText('hello')
    expect(await messages.next()).to.equal(5)

    socket.resume?.()
    for (let received = 0; received < 32; received++) expect(await messages.next()).to.equal(megabyte)
    other.connection.vanish()
  })

  it('notices the answer to its close frame even if it was paused', async () => {
    socket.pause?.()
    socket.close(1000)
    client.sendClose(1000)

    expect(await closes.next()).to.equal(true)
  })
})
