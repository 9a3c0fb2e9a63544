import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { clientFrame, opcodes, RawConnection, RawWebSocket, requestOnce, writeRequest } from '@signalbox/conformance'
import { expect } from 'chai'
import { hostFactories } from '../testing/host-factories.js'

const mib = 1_048_576
/** The collector is no book-keeper. What each client below would take without a bound is several times as much. */
const noiseBytes = 48 * mib

const program = fileURLToPath(new URL('../testing/memory-server.js', import.meta.url))

/** A server in a process of its own, and what it has taken since it began. */
class MeasuredServer {
  readonly #child: ChildProcess
  readonly #connections: RawConnection[] = []
  readonly port: number
  #atRest = 0

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(host: string): Promise<MeasuredServer> {
    const child = fork(program, [host], { execArgv: ['--expose-gc'] })
    const [port] = (await once(child, 'message')) as [number]
    const server = new MeasuredServer(child, port)
    await requestOnce(port, { method: 'POST', path: '/busy/negotiate' })
    server.#atRest = await server.#measure()
    return server
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.vanish()
    this.#child.disconnect()
    await once(this.#child, 'exit')
  }

  async connect(): Promise<RawConnection> {
    const connection = await RawConnection.open(this.port)
    this.#connections.push(connection)
    return connection
  }

  async webSocket(path: string): Promise<RawWebSocket> {
    const socket = await RawWebSocket.open(this.port, path)
    this.#connections.push(socket.connection)
    return socket
  }

  /**
   * The server has taken what was written, or has cut the connection, or takes no more: its loop went round and nothing
   * has changed.
   */
  async settle(): Promise<void> {
    const unsentBytes = () => this.#connections.reduce((sum, connection) => sum + connection.unsentBytes, 0)
    let before: number
    do {
      before = unsentBytes()
      await this.#measure()
      await this.#measure()
    } while (unsentBytes() !== before)
  }

  /** @returns the token of a connection. */
  async negotiate(): Promise<string> {
    const { body } = await requestOnce(this.port, { method: 'POST', path: '/busy/negotiate?negotiateVersion=1' })
    return JSON.parse(body.toString()).connectionToken
  }

  async takenBytes(): Promise<number> {
    return (await this.#measure()) - this.#atRest
  }

  async #measure(): Promise<number> {
    const answer = once(this.#child, 'message')
    this.#child.send('memory')
    return ((await answer) as [number])[0]
  }
}

for (const { title: host } of hostFactories)
  describe(`SignalboxServer: what a client makes ${host} keep`, function () {
    this.timeout(30_000)
    let server: MeasuredServer

    beforeEach(async () => {
      server = await MeasuredServer.start(host)
    })

    afterEach(() => server.stop())

    it('is about the bytes of a message in fragments of one byte', async () => {
      const { connection } = await server.webSocket('/eager')
      connection.write(clientFrame(opcodes.binary, 'x', false))
      connection.write(repeat(clientFrame(opcodes.continuation, 'x', false), 900_000))
      await server.settle()

      expect(await server.takenBytes()).to.be.below(noiseBytes)
    })

    it('is about the bytes of messages of one byte that nobody reads', async () => {
      const { connection } = await server.webSocket('/busy')
      connection.write(repeat(clientFrame(opcodes.binary, 'x'), 900_000))
      await server.settle()

      expect(await server.takenBytes()).to.be.below(noiseBytes)
    })

    it('is about the bytes of a body in chunks of one byte', async () => {
      const connection = await server.connect()
      writeRequest(connection, {
        method: 'POST',
        path: `/busy?id=${await server.negotiate()}`,
        headers: { 'Transfer-Encoding': 'chunked' },
      })
      connection.write('1\r\nx\r\n'.repeat(900_000))
      await server.settle()

      expect(await server.takenBytes()).to.be.below(noiseBytes)
    })

    it('is nothing for pings whose answers it does not take', async () => {
      const { connection } = await server.webSocket('/eager')
      connection.stall()
      const pings = repeat(clientFrame(opcodes.ping, Buffer.alloc(125)), 64_000)
      for (let count = 0; count < 10; count++) {
        connection.write(pings)
        await server.settle()
      }

      expect(await server.takenBytes()).to.be.below(noiseBytes)
    })

    describe('of many bodies for one connection', () => {
      const count = 100
      let token: string

      beforeEach(async () => {
        token = await server.negotiate()
      })

      /** Posts 1 MiB again and again, each on a connection of its own. */
      async function flood(): Promise<void> {
        const body = Buffer.alloc(mib)
        for (let sent = 0; sent < count; sent++) {
          const connection = await server.connect()
          writeRequest(connection, { method: 'POST', path: `/busy?id=${token}`, body })
        }
        await server.settle()
      }

      it('has a bound before any GET', async () => {
        await flood()

        expect(await server.takenBytes()).to.be.below(noiseBytes)
      })

      it('has a bound while the application is busy', async () => {
        await requestOnce(server.port, { path: `/busy?id=${token}` })
        await flood()

        expect(await server.takenBytes()).to.be.below(noiseBytes)
      })

      it('has a bound behind one that dribbles', async () => {
        const dribble = await server.connect()
        const headers = { 'Content-Length': String(mib) }
        writeRequest(dribble, { method: 'POST', path: `/busy?id=${token}`, headers })
        dribble.write('x')
        await flood()

        expect(await server.takenBytes()).to.be.below(noiseBytes)
      })
    })
  })

function repeat(bytes: Buffer, count: number): Buffer {
  return Buffer.alloc(bytes.length * count, bytes)
}
