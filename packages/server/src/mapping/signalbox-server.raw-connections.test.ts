import { once } from 'node:events'
import { setTimeout, setImmediate as turn } from 'node:timers/promises'
import { EventQueue, RawWebSocket, RecordingLogger, requestOnce } from '@signalbox/conformance'
import { expect } from 'chai'
import {
  createServer,
  type IterableConnection,
  type IterableConnectionHandler,
  type ServerOptions,
  type SignalboxServer,
} from '../index.js'
import { hostFactories } from '../testing/host-factories.js'
import { openRawClient, type Transport, transports } from '../testing/raw-client.js'

const normalEnds = { WebSockets: 1000, ServerSentEvents: 'the end of the stream', LongPolling: 204 } as const
const failureEnds = { WebSockets: 1011, ServerSentEvents: 'the end of the stream', LongPolling: 500 } as const

for (const { title: host, create: createHost } of hostFactories)
  describe(`a raw connection that is read by a loop, on ${host}`, () => {
    let server: SignalboxServer
    let logger: RecordingLogger
    let port: number
    /** Resolves with the connection once the handler has done with it. */
    let done: Promise<IterableConnection>

    afterEach(() => server.close({ drainTimeoutMs: 0 }))

    async function serve(handler: IterableConnectionHandler, options: ServerOptions = {}): Promise<void> {
      logger = new RecordingLogger()
      server = createServer({ logger, host: createHost(), ...options })
      done = new Promise(resolve => {
        server.mapConnection('/raw', async connection => {
          try {
            await handler(connection)
          } finally {
            resolve(connection)
          }
        })
      })
      port = (await server.listen(0)).port
    }

    const open = (transport: Transport) => openRawClient(transport, port, '/raw')

    for (const transport of transports)
      describe(`over ${transport}`, () => {
        it('echoes', async () => {
          await serve(async connection => {
            for await (const bytes of connection) await connection.send(bytes)
          })
          const client = await open(transport)
          await client.send('hello')
          expect(await client.read()).to.equal('hello')
          await client.send('world')
          expect(await client.read()).to.equal('world')
        })

        it('closes when its handler returns', async () => {
          await serve(async connection => {
            for await (const bytes of connection) {
              await connection.send(`last words to ${bytes}`)
              break
            }
          })
          const client = await open(transport)
          await client.send('ann')
          expect([await client.read(), await client.end()]).to.deep.equal(['last words to ann', normalEnds[transport]])
          expect(logger.errors).to.deep.equal([])
        })

        it('ends as a failure when its handler throws', async () => {
          await serve(async connection => {
            for await (const bytes of connection) JSON.parse(bytes.toString())
          })
          const client = await open(transport)
          await client.send('{')
          expect(await client.end()).to.equal(failureEnds[transport])
          expect(logger.errors.length).to.equal(1)
          expect(logger.errors[0]!.error).to.be.instanceOf(SyntaxError)
        })

        it('reads in order what came before the loop began, and asks for the next when it comes round', async () => {
          let begin = () => {}
          const begun = new Promise<void>(resolve => {
            begin = resolve
          })
          await serve(async connection => {
            await begun
            for await (const bytes of connection) {
              await turn()
              await connection.send(`${bytes};`)
            }
          })
          const client = await open(transport)
          for (const text of ['a', 'b', 'c']) await client.send(text)
          begin()
          let read = ''
          while (read.length < 6) read += await client.read()
          expect(read).to.equal('a;b;c;')
        })
      })

    it('ends its loop when the client is gone, after the last bytes that came', async () => {
      const read: string[] = []
      await serve(async connection => {
        await once(connection.signal, 'abort')
        for await (const bytes of connection) read.push(bytes.toString())
      })
      const socket = await RawWebSocket.open(port, '/raw')
      for (const text of ['a', 'b']) socket.sendText(text)
      socket.sendClose(1000)
      await done
      expect(read).to.deep.equal(['a', 'b'])
      while (server.connectionCount > 0) await turn()
    })

    it('tells by its signal that the client is gone, though nobody reads', async () => {
      await serve(async ({ signal }) => {
        await once(signal, 'abort')
      })
      const client = await open('WebSockets')
      client.vanish()
      expect((await done).signal.aborted).to.equal(true)
    })

    it('may end with the error of what its signal has aborted', async () => {
      await serve(async ({ signal }) => {
        await setTimeout(60_000, undefined, { signal })
      })
      const client = await open('WebSockets')
      client.vanish()
      await done
      while (server.connectionCount > 0) await turn()
      expect(logger.errors).to.deep.equal([])
    })

    it('lives on when a listener of its signal throws, which is logged', async () => {
      await serve(async connection => {
        connection.signal.addEventListener('abort', () => {
          throw new Error('BOOM!')
        })
        for await (const _ of connection);
      })
      const client = await open('WebSockets')
      client.vanish()
      await done
      expect(logger.errors.map(({ message }) => message)).to.deep.equal([
        'A listener of the signal of a connection at /raw failed.',
      ])
    })

    it('makes a sender wait for a client that does not read', async () => {
      const blocked = new EventQueue<number>()
      await serve(async connection => {
        for await (const _ of connection) break
        for (let sent = 1; ; sent++) {
          const waiting = connection.send(Buffer.alloc(60_000))
          if (waiting === undefined) {
            await turn()
            continue
          }
          blocked.push(sent)
          await waiting
          return
        }
      })
      const socket = await RawWebSocket.open(port, '/raw')
      socket.connection.stall()
      socket.sendText('begin')
      const sent = await blocked.next()
      socket.connection.resume()
      await done
      let read = 0
      while (read < sent * 60_000) read += (await socket.readFrame()).payload.length
      expect(read).to.equal(sent * 60_000)
      expect((await socket.readFrame()).payload.readUInt16BE()).to.equal(1000)
    })

    for (const [name, options] of [
      ['applicationMaxBufferSizeBytes', { applicationMaxBufferSizeBytes: 1000 }],
      ['maximumPendingReceiveBytes alone', { applicationMaxBufferSizeBytes: 0, maximumPendingReceiveBytes: 1000 }],
    ] as const)
      it(`is read no further than its loop has come with ${name}`, async () => {
        let go = () => {}
        const going = new Promise<void>(resolve => {
          go = resolve
        })
        let received = 0
        const begun = new EventQueue<void>()
        await serve(async connection => {
          for await (const bytes of connection) {
            received += bytes.length
            begun.push()
            await going
          }
        }, options)
        const { body } = await requestOnce(port, { method: 'POST', path: '/raw/negotiate?negotiateVersion=1' })
        const path = `/raw?id=${JSON.parse(body.toString()).connectionToken}`
        await requestOnce(port, { path })
        const post = () => requestOnce(port, { method: 'POST', path, body: 'x'.repeat(1000) })
        await post()
        await begun.next()
        let isHeldBack = true
        const second = post().then(() => {
          isHeldBack = false
        })
        await requestOnce(port, { path: '/raw' })
        expect([received, isHeldBack]).to.deep.equal([1000, true])
        go()
        await second
      })

    it('closes at once, with a warning, when its handler returns without a promise', async () => {
      logger = new RecordingLogger()
      server = createServer({ logger, host: createHost() })
      server.mapConnection('/raw', connection => {
        void (async () => {
          for await (const bytes of connection) await connection.send(bytes)
        })()
      })
      port = (await server.listen(0)).port
      expect(await (await open('WebSockets')).end()).to.equal(1000)
      expect(logger.warnings.join()).to.include('The handler of /raw returned at once')
    })
  })

describe('mapConnection', () => {
  it('refuses a handler that is no function', () => {
    const server = createServer()
    expect(() => server.mapConnection('/raw', undefined as never)).to.throw('mapConnection needs a function')
  })
})
