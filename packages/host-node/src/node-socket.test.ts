import { clientFrame, closePayload, EventQueue, opcodes, RawWebSocket } from '@signalbox/conformance'
import type { HostSocket, HttpExchange } from '@signalbox/connections'
import { expect } from 'chai'
import { nodeHost } from './node-host.js'

describe('nodeHost: a WebSocket', () => {
  const host = nodeHost({ webSocketCloseTimeoutMs: 50 })
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

  it('answers a close frame with a code that applications may choose with 1000 and no reason', async () => {
    client.sendClose(3000)

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
})
