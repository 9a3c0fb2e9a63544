import { RecordingLogger } from '@signalbox/conformance'
import { expect } from 'chai'
import {
  type ConnectionContext,
  type ConnectionReceiver,
  createServer,
  type ServerOptions,
  type SignalboxServer,
} from '../index.js'
import { hostFactories } from '../testing/host-factories.js'
import { openRawClient, type Transport, transports } from '../testing/raw-client.js'

const failure = new Error('BOOM!')
const fail = (): never => {
  throw failure
}
const reject = (): Promise<never> => Promise.reject(failure)

/** How a failure of the application ends its connection. */
const failureEnds = { WebSockets: 1011, ServerSentEvents: 'the end of the stream', LongPolling: 500 } as const

type Application = (connection: ConnectionContext) => ConnectionReceiver
const echoing: Application = connection => ({
  onReceive: bytes => connection.send(Buffer.from(bytes)),
  onEnd: () => connection.close(),
})

const failing: readonly (readonly [name: string, Application])[] = [
  ['onReceive throws', connection => ({ ...echoing(connection), onReceive: fail })],
  ['onReceive rejects', connection => ({ ...echoing(connection), onReceive: reject })],
  [
    'onReceive throws what is no error',
    connection => ({ ...echoing(connection), onReceive: () => throwing(Object.create(null)) }),
  ],
  ['onReceive is missing', connection => ({ onEnd: () => connection.close() }) as unknown as ConnectionReceiver],
  ['onHeartbeat throws', connection => ({ ...echoing(connection), onReceive() {}, onHeartbeat: fail })],
]

const throwing = (value: unknown): never => {
  throw value
}

for (const { title: host, create: createHost } of hostFactories)
  describe(`a raw connection on ${host}`, function () {
    this.timeout(10_000)

    let server: SignalboxServer
    let logger: RecordingLogger
    let port: number

    afterEach(() => server.close({ drainTimeoutMs: 0 }))

    async function serve(
      handler: (connection: ConnectionContext) => void | Promise<void>,
      options: ServerOptions = {},
    ): Promise<void> {
      logger = new RecordingLogger()
      server = createServer({ logger, host: createHost(), ...options })
      server.mapConnection('/raw', handler)
      port = (await server.listen(0)).port
    }

    const open = (transport: Transport) => openRawClient(transport, port, '/raw')

    const expectOneError = (error: unknown = failure) => {
      expect(logger.errors.length).to.equal(1)
      expect(logger.errors[0]!.message).to.match(
        /^The application at \/raw failed, which ends its connection [\w-]+\.$/,
      )
      if (error !== undefined) expect(logger.errors[0]!.error).to.equal(error)
    }

    for (const transport of transports)
      describe(`over ${transport}`, () => {
        for (const [name, application] of failing) {
          it(`ends as a failure when ${name}, is logged once, and its neighbour goes on`, async () => {
            let isFirst = true
            const ends: (Error | undefined)[] = []
            await serve(connection => {
              const receiver = isFirst ? application(connection) : echoing(connection)
              isFirst = false
              connection.receiver = {
                ...receiver,
                onEnd(error) {
                  ends.push(error)
                  return receiver.onEnd?.(error, false)
                },
              }
            })
            const client = await open(transport)
            const neighbour = await open(transport)
            await client.send('{')
            const end = await client.end()
            await neighbour.send('hello')
            expect([end, await neighbour.read()]).to.deep.equal([failureEnds[transport], 'hello'])
            expect(logger.errors.length).to.equal(1)
            expect(logger.errors[0]!.message).to.include('/raw')
            expect(ends.length).to.equal(1)
            expect(ends[0]).to.be.instanceOf(Error)
          })
        }

        for (const [name, handler] of [
          ['throws', fail],
          ['rejects', reject],
        ] as const) {
          it(`ends as a failure when its handler ${name}`, async () => {
            await serve(handler)
            const client = await open(transport)
            expect(await client.end()).to.equal(failureEnds[transport])
            expectOneError()
          })
        }

        it('gives a receiver that is set late all that has come, in order', async () => {
          let begin = () => {}
          const begun = new Promise<void>(resolve => {
            begin = resolve
          })
          await serve(async connection => {
            await begun
            let text = ''
            connection.receiver = {
              onReceive: bytes => {
                text += Buffer.from(bytes).toString()
                if (text.length === 3) connection.send(Buffer.from(text))
              },
              onEnd: () => connection.close(),
            }
          })
          const client = await open(transport)
          await client.send('a')
          await client.send('b')
          begin()
          await client.send('c')
          expect(await client.read()).to.equal('abc')
        })
      })

    for (const [name, onEnd] of [
      ['without onEnd', undefined],
      ['whose onEnd throws', fail],
      ['whose onEnd rejects', reject],
      ['that forgets to close', () => {}],
    ] as const) {
      it(`${name} is forgotten after its client is gone`, async () => {
        await serve(
          connection => {
            connection.receiver = onEnd === undefined ? { onReceive() {} } : { onReceive() {}, onEnd }
          },
          { disconnectTimeoutMs: 1 },
        )
        const client = await open('WebSockets')
        expect(server.connectionCount).to.equal(1)
        client.vanish()
        while (server.connectionCount > 0) await new Promise(resolve => setTimeout(resolve, 20))
        if (onEnd === fail || onEnd === reject) expectOneError()
      })
    }

    it('says which application forgets to close', async () => {
      await serve(
        connection => {
          connection.receiver = { onReceive() {}, onEnd() {} }
        },
        { disconnectTimeoutMs: 1 },
      )
      const client = await open('WebSockets')
      client.vanish()
      while (server.connectionCount > 0) await new Promise(resolve => setTimeout(resolve, 20))
      expect(logger.warnings.join()).to.match(
        /The application at \/raw did not close connection [\w-]+ within 1 ms of its end/,
      )
    })
  })
