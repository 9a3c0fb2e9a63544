import {
  handshakeHeaders,
  opcodes,
  RawConnection,
  RawWebSocket,
  readChunk,
  readHead,
  requestOnce,
  writeRequest,
} from '@signalbox/conformance'
import { expect } from 'chai'
import {
  type ConnectionContext,
  createPrincipal,
  createServer,
  Hub,
  type SignalboxServer,
  silentLogger,
} from '../index.js'

const record = '{"protocol":"json","version":1}\x1e'
const close = '{"type":7,"allowReconnect":true}\x1e'

class WhoHub extends Hub {
  static hubMethods = { who: 0 }

  who(): string | undefined {
    return this.context.userIdentifier
  }
}

/** The server looks once a second. */
describe('a server, when credentials expire', function () {
  this.timeout(10_000)

  let server: SignalboxServer
  let port: number
  let warnings: string[]
  let disconnected: Promise<Error | undefined>

  beforeEach(async () => {
    warnings = []
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) }
    server = createServer({
      logger,
      // The user and the seconds left to it: `X-User: ann 1`.
      authenticate: request => {
        const [userId, seconds] = request.header('x-user')?.split(' ') ?? []
        if (userId === undefined) return undefined
        return createPrincipal({
          userId,
          ...(seconds !== undefined && { expiresAt: Date.now() + Number(seconds) * 1000 }),
        })
      },
    })
    disconnected = new Promise(resolve => {
      server.mapHub(
        '/closing',
        class extends WhoHub {
          override onDisconnected(error: Error | undefined): void {
            resolve(error)
          }
        },
        { closeOnAuthenticationExpiration: true },
      )
    })
    server.mapHub('/staying', WhoHub)
  })

  afterEach(() => server.close({ drainTimeoutMs: 0 }))

  async function openSocket(path: string, user: string): Promise<RawWebSocket> {
    const connection = await RawConnection.open(port)
    writeRequest(connection, { path, headers: { ...handshakeHeaders, 'X-User': user } })
    const socket = new RawWebSocket(connection, await readHead(connection))
    socket.sendText(record)
    await socket.readText()
    return socket
  }

  const ask = (socket: RawWebSocket) => {
    socket.sendText('{"type":1,"invocationId":"1","target":"who","arguments":[]}\x1e')
    return socket.readText()
  }

  async function negotiate(path: string): Promise<string> {
    const { body } = await requestOnce(port, { method: 'POST', path: `${path}/negotiate?negotiateVersion=1` })
    return `${path}?id=${JSON.parse(body.toString()).connectionToken}`
  }

  const as = (user: string | undefined) => (user === undefined ? {} : { 'X-User': user })

  const poll = (path: string, user?: string) => requestOnce(port, { path, headers: as(user) })

  const send = (path: string, user: string | undefined, body: string) =>
    requestOnce(port, { method: 'POST', path, headers: as(user), body })

  async function openPolling(user?: string): Promise<string> {
    const path = await negotiate('/closing')
    await poll(path, user)
    await send(path, user, record)
    expect((await poll(path, user)).body.toString()).to.equal('{}\x1e')
    return path
  }

  describe('at an endpoint that closes then', () => {
    beforeEach(async () => {
      port = (await server.listen(0)).port
    })

    it('closes a WebSocket, which may reconnect', async () => {
      const socket = await openSocket('/closing', 'ann 0.1')
      expect(await socket.readText()).to.equal(close)
      const frame = await socket.readFrame()
      expect([frame.opcode, frame.payload.readUInt16BE()]).to.deep.equal([opcodes.close, 1000])
      expect(await disconnected).to.equal(undefined)
    })

    it('closes one at once whose credentials had expired and were accepted because clocks differ', async () => {
      const socket = await openSocket('/closing', 'ann -60')
      expect(await socket.readText()).to.equal(close)
    })

    it('ends an event stream, which may reconnect', async () => {
      const path = await negotiate('/closing')
      const connection = await RawConnection.open(port)
      writeRequest(connection, { path, headers: { Accept: 'text/event-stream', 'X-User': 'ann 0.1' } })
      await readHead(connection)
      await send(path, 'ann', record)
      let stream = ''
      for (let chunk = await readChunk(connection); chunk.length > 0; chunk = await readChunk(connection))
        stream += chunk.toString()
      const events = stream.split('\r\n').filter(line => line.startsWith('data: '))
      expect(events.at(-1), stream).to.equal(`data: ${close}`)
      connection.vanish()
    })

    it('ends a poll, then polling', async () => {
      const path = await openPolling('ann 0.1')
      expect((await poll(path, 'ann 0.1')).body.toString()).to.equal(close)
      expect((await poll(path, 'ann 0.1')).status).to.equal(204)
    })

    it('goes by the latest poll', async () => {
      const path = await openPolling('ann 0.1')
      const renewed = poll(path, 'ann 60')
      const reference = await openSocket('/closing', 'bob 1.5')
      expect(await reference.readText()).to.equal(close) // a heartbeat at which the first credentials are long gone
      await send(path, 'ann', '{"type":1,"invocationId":"1","target":"who","arguments":[]}\x1e')
      expect((await renewed).body.toString()).to.equal('{"type":3,"invocationId":"1","result":"ann"}\x1e')
    })

    it('leaves those alone who have no end', async () => {
      const socket = await openSocket('/closing', 'ann')
      const reference = await openSocket('/closing', 'bob 0.1')
      expect(await reference.readText()).to.equal(close)
      expect(await ask(socket)).to.equal('{"type":3,"invocationId":"1","result":"ann"}\x1e')
    })
  })

  it('tells a raw connection, which ends as it likes', async () => {
    const ended = new Promise<[ConnectionContext, Error | undefined]>(resolve => {
      server.mapConnection(
        '/raw',
        connection => {
          connection.receiver = { onReceive() {}, onHeartbeat() {}, onEnd: error => resolve([connection, error]) }
        },
        { closeOnAuthenticationExpiration: true },
      )
    })
    port = (await server.listen(0)).port
    const connection = await RawConnection.open(port)
    writeRequest(connection, { path: '/raw', headers: { ...handshakeHeaders, 'X-User': 'ann 0.1' } })
    const socket = new RawWebSocket(connection, await readHead(connection))
    const [context, error] = await ended
    expect(error).to.equal(undefined)
    context.send(Buffer.from('bye'))
    expect(await socket.readText()).to.equal('bye')
    connection.vanish()
  })

  it('does nothing unless asked to', async () => {
    port = (await server.listen(0)).port
    const staying = await openSocket('/staying', 'ann 0.1')
    const closing = await openSocket('/closing', 'ann 0.1')
    expect(await closing.readText()).to.equal(close)
    expect(await ask(staying)).to.equal('{"type":3,"invocationId":"1","result":"ann"}\x1e')
  })

  describe('and other credentials come with a poll', () => {
    beforeEach(async () => {
      port = (await server.listen(0)).port
      warnings.length = 0 // where uWebSockets.js cannot be loaded, the choice of the other host is one
    })

    it('warns once when nobody known has become somebody, and keeps the hub as it was', async () => {
      const path = await openPolling()
      await send(path, undefined, '{"type":1,"invocationId":"1","target":"who","arguments":[]}\x1e')
      expect((await poll(path, 'bob')).body.toString()).to.equal('{"type":3,"invocationId":"1","result":null}\x1e')
      await send(path, 'bob', '{"type":1,"invocationId":"2","target":"who","arguments":[]}\x1e')
      await poll(path, 'bob')
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(/^The user of connection .{22} is not the one it had before\.$/)
    })

    it('does not warn as long as it is the same one', async () => {
      const path = await openPolling('ann 60')
      await send(path, 'ann', '{"type":1,"invocationId":"1","target":"who","arguments":[]}\x1e')
      await poll(path, 'ann 90')
      expect(warnings).to.deep.equal([])
    })
  })
})
