import { handshakeHeaders, RawConnection, RawWebSocket, readHead, writeRequest } from '@signalbox/conformance'
import { expect } from 'chai'
import { createServer, Hub, type SignalboxServer, silentLogger } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'
import { openRawClient } from '../testing/raw-client.js'

const handshake = '{"protocol":"json","version":1}\x1e'
const ping = '{"type":6}\x1e'
const call = '{"type":1,"invocationId":"1","target":"hello","arguments":[]}\x1e'
const answer = '{"type":3,"invocationId":"1","result":"hello"}\x1e'

class HelloHub extends Hub {
  static hubMethods = { hello: 0 }

  hello(): string {
    return 'hello'
  }
}

/** Nothing else runs meanwhile: what clients have sent waits in their sockets. */
function blockTheEventLoop(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

for (const { title: host, create: createHost } of hostFactories)
  describe(`a server on ${host} whose event loop was blocked`, function () {
    this.timeout(10_000)
    this.slow(6_000)

    let server: SignalboxServer
    let port: number

    beforeEach(async () => {
      server = createServer({
        logger: silentLogger,
        host: createHost(),
        clientTimeoutIntervalMs: 2_000,
        handshakeTimeoutMs: 2_000,
        disconnectTimeoutMs: 2_000,
        keepAliveIntervalMs: 1,
      })
      server.mapHub('/hub', HelloHub)
      server.mapConnection('/raw', async connection => {
        for await (const bytes of connection) await connection.send(bytes)
      })
      port = (await server.listen(0)).port
    })

    afterEach(() => server.close({ drainTimeoutMs: 0 }))

    it('reads the ping of a client before it times it out', async () => {
      const socket = await RawWebSocket.open(port, '/hub')
      /** Frames may have pings of the server beside what is waited for. */
      const readUntil = async (text: string) => {
        while (!(await socket.readText()).includes(text));
      }
      socket.sendText(handshake)
      await readUntil('{}\x1e')
      socket.sendText(ping)
      await readUntil(ping) // a heartbeat has seen that of the client
      socket.sendText(ping)
      blockTheEventLoop(2_500)
      socket.sendText(call)
      await readUntil(answer)
    })

    it('reads the handshake of a client before it times it out', async () => {
      const connection = await RawConnection.open(port)
      writeRequest(connection, { path: '/hub', headers: handshakeHeaders })
      const socket = new RawWebSocket(connection, await readHead(connection))
      socket.sendText(handshake)
      blockTheEventLoop(2_500)
      expect(await socket.readText()).to.include('{}\x1e')
    })

    it('reads the poll of a client before it forgets it', async () => {
      const client = await openRawClient('LongPolling', port, '/raw')
      await client.send('hello')
      const read = client.read()
      blockTheEventLoop(2_500)
      expect(await read).to.equal('hello')
    })
  })
