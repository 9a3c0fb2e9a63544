import {
  clientFrame,
  EventQueue,
  handshakeHeaders,
  opcodes,
  RawConnection,
  readChunk,
  readHead,
  readResponse,
  writeRequest,
} from '@signalbox/conformance'
import type { HttpExchange } from '@signalbox/connections'
import { expect } from 'chai'
import { nodeHost } from './node-host.js'

describe('nodeHost: a request that asks for an upgrade', () => {
  const host = nodeHost()
  let exchanges: EventQueue<HttpExchange>
  let connection: RawConnection

  beforeEach(async () => {
    exchanges = new EventQueue()
    const port = await host.listen({ port: 0, hostname: '127.0.0.1' }, exchange => exchanges.push(exchange))
    connection = await RawConnection.open(port)
  })

  afterEach(() => {
    connection.vanish()
    host.terminate()
  })

  async function send(request: Parameters<typeof writeRequest>[1]): Promise<HttpExchange> {
    writeRequest(connection, request)
    return exchanges.next()
  }

  const kinds = [
    ['a handshake of another version', { ...handshakeHeaders, 'Sec-WebSocket-Version': '12' }],
    ['a handshake without a key', { ...handshakeHeaders, 'Sec-WebSocket-Key': [] }],
    ['another protocol', { Connection: 'Upgrade', Upgrade: 'h2c' }],
  ] as const

  for (const [name, headers] of kinds) {
    it(`is an ordinary one when it is for ${name}`, async () => {
      const exchange = await send({ path: '/hub?id=1', headers })
      exchange.respond({ status: 400, body: 'Connection ID required' })

      expect(exchange.request).to.include({ method: 'GET', path: '/hub', queryString: 'id=1' })
      expect((await readResponse(connection)).body.toString()).to.equal('Connection ID required')
    })
  }

  it('has its body, which came behind it', async () => {
    const exchange = await send({ method: 'POST', path: '/', headers: kinds[2][1], body: 'hello' })
    const text = await new Promise<string>(resolve =>
      exchange.readBody(10, body => resolve(body.kind === 'complete' ? Buffer.from(body.bytes).toString() : body.kind)),
    )

    expect(text).to.equal('hello')
  })

  for (const [name, headers] of [['WebSockets', handshakeHeaders], kinds[2]] as const) {
    it(`for ${name} cuts a peer that has not waited for its answer before`, async () => {
      await send({ path: '/slow' })
      writeRequest(connection, { path: '/', headers })

      await connection.closed
      expect(exchanges.length).to.equal(0)
    })
  }

  it('leaves the connection open when it is not for WebSockets', async () => {
    const exchange = await send({ path: '/first', headers: kinds[2][1] })
    exchange.respond({ status: 204 })
    await readResponse(connection)

    expect((await send({ path: '/second' })).request.path).to.equal('/second')
  })

  describe('for WebSockets', () => {
    it('may be refused like any other', async () => {
      const exchange = await send({ path: '/', headers: handshakeHeaders })
      exchange.respond({ status: 404, body: 'No Connection with that ID' })

      const response = await readResponse(connection)
      expect(response.status).to.equal(404)
      expect(response.body.toString()).to.equal('No Connection with that ID')
    })

    it('leaves the connection open when it is refused, for what came behind it too', async () => {
      const first = await send({ path: '/first', headers: handshakeHeaders })
      writeRequest(connection, { path: '/second' })
      first.respond({ status: 409 })
      await readResponse(connection)

      const second = await exchanges.next()
      second.respond({ status: 200, body: second.request.path })
      expect((await readResponse(connection)).body.toString()).to.equal('/second')
    })

    it('may be tried again on the same connection', async () => {
      const first = await send({ path: '/', headers: handshakeHeaders })
      first.respond({ status: 401 })
      await readResponse(connection)
      const second = await send({ path: '/', headers: handshakeHeaders })
      second.acceptWebSocket({ onOpen() {}, onMessage() {}, onDrain() {}, onClose() {} })

      expect((await readHead(connection)).status).to.equal(101)
    })

    it('may be answered by an event stream', async () => {
      const exchange = await send({ path: '/', headers: handshakeHeaders })
      const stream = exchange.stream({ status: 200, body: ':' }, { onDrain() {}, onAborted() {} })
      await readHead(connection)
      await readChunk(connection)
      stream.write(Buffer.from('event'))

      expect((await readChunk(connection)).toString()).to.equal('event')
    })

    it('tells the stream that answers it when the peer reads on', async () => {
      const exchange = await send({ path: '/', headers: handshakeHeaders })
      const drains = new EventQueue<void>()
      const stream = exchange.stream({ status: 200 }, { onDrain: () => drains.push(), onAborted() {} })
      connection.stall()
      while (stream.write(Buffer.alloc(1 << 20))) {}
      connection.resume()

      await drains.next()
    })

    it('gives the socket the frames that came in the same segment', async () => {
      const lines = Object.entries({ Host: 'a', ...handshakeHeaders }).map(([name, value]) => `${name}: ${value}\r\n`)
      const head = `GET / HTTP/1.1\r\n${lines.join('')}\r\n`
      connection.write(Buffer.concat([Buffer.from(head), clientFrame(opcodes.text, 'early')]))
      const messages = new EventQueue<string>()
      const onMessage = (bytes: Uint8Array) => messages.push(Buffer.from(bytes).toString())
      const exchange = await exchanges.next()
      exchange.acceptWebSocket({ onOpen() {}, onMessage, onDrain() {}, onClose() {} })

      expect(await messages.next()).to.equal('early')
    })
  })
})
