import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { clientFrame, opcodes, RawWebSocket } from '@signalbox/conformance'
import { expect } from 'chai'
import {
  ConfigurationError,
  createServer,
  Hub,
  type MapHubOptions,
  type SignalboxServer,
  silentLogger,
} from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

class LengthHub extends Hub {
  static hubMethods = { length: 1 }

  length(text: string): number {
    return text.length
  }
}

const transports = [
  { name: 'WebSockets', transport: HttpTransportType.WebSockets },
  { name: 'Server-Sent Events', transport: HttpTransportType.ServerSentEvents },
  { name: 'long polling', transport: HttpTransportType.LongPolling },
]

for (const { title, create } of hostFactories)
  describe(`SignalboxServer: large messages on ${title}`, function () {
    this.timeout(10_000)
    let server: SignalboxServer
    let client: HubConnection | undefined

    beforeEach(() => {
      server = createServer({ host: create(), logger: silentLogger })
    })

    afterEach(async () => {
      await client?.stop()
      client = undefined
      await server.close()
    })

    async function connect(transport: HttpTransportType): Promise<HubConnection> {
      const { url } = await server.listen(0)
      client = new HubConnectionBuilder().withUrl(`${url}/hub`, { transport }).configureLogging(LogLevel.None).build()
      await client.start()
      return client
    }

    const mapping = (options: MapHubOptions) => () => server.mapHub('/hub', LengthHub, options)

    for (const { name, transport } of transports)
      for (const maximumReceiveMessageSizeBytes of [null, 10_000_000])
        it(`of 3 MB come through when the hub's limit is ${maximumReceiveMessageSizeBytes}, over ${name}`, async () => {
          server.mapHub('/hub', LengthHub, { maximumReceiveMessageSizeBytes })
          const connection = await connect(transport)

          for (const length of [1_200_000, 3_000_000])
            expect(await connection.invoke('length', 'x'.repeat(length))).to.equal(length)
        })

    it("above the hub's limit end the connection with its explanation, though they have several MB", async () => {
      server.mapHub('/hub', LengthHub, { maximumReceiveMessageSizeBytes: 2_000_000 })
      const connection = await connect(HttpTransportType.WebSockets)
      const closed = new Promise<Error | undefined>(resolve => connection.onclose(resolve))
      connection.invoke('length', 'x'.repeat(3_000_000)).catch(() => {})

      expect((await closed)?.message).to.include('Connection closed with an error')
    })

    it('of several MB come through to a raw connection with room for them', async () => {
      const lengths: number[] = []
      let onLength: (() => void) | undefined
      server.mapConnection(
        '/raw',
        async connection => {
          for await (const bytes of connection) {
            lengths.push(bytes.length)
            onLength?.()
          }
        },
        { maximumPendingReceiveBytes: 4_000_000 },
      )
      const { port } = await server.listen(0)
      const { connection } = await RawWebSocket.open(port, '/raw')
      const arrived = new Promise<void>(resolve => {
        onLength = resolve
      })
      connection.write(clientFrame(opcodes.binary, Buffer.alloc(3_000_000)))
      await arrived
      connection.vanish()

      expect(lengths).to.deep.equal([3_000_000])
    })

    it('that the receive buffer of the connection has no room for are an error at start-up', () => {
      expect(mapping({ maximumReceiveMessageSizeBytes: 2_000_000, maximumPendingReceiveBytes: 1_000_000 }))
        .to.throw(
          ConfigurationError,
          'maximumReceiveMessageSizeBytes is 2000000, but maximumPendingReceiveBytes is 1000000: leave that out, or raise it to 2000005 at least.',
        )
        .with.property('option', 'maximumPendingReceiveBytes')
    })

    for (const maximumReceiveMessageSizeBytes of [undefined, null] as const)
      it(`need no room that nobody asked for: ${maximumReceiveMessageSizeBytes}`, () => {
        const limit = maximumReceiveMessageSizeBytes === undefined ? {} : { maximumReceiveMessageSizeBytes }
        mapping({ ...limit, maximumPendingReceiveBytes: 1000 })()
      })

    it("that the host's own limit cuts are an error at start-up", () => {
      const small = createServer({ host: create({ maximumWebSocketMessageBytes: 1_000_000 }) })

      expect(() => small.mapHub('/hub', LengthHub, { maximumReceiveMessageSizeBytes: 2_000_000 }))
        .to.throw(
          ConfigurationError,
          'maximumReceiveMessageSizeBytes of /hub is 2000000, but maximumWebSocketMessageBytes of the host is 1000000: leave that out, or raise it to 2000005 at least.',
        )
        .with.property('option', 'maximumWebSocketMessageBytes')
    })
  })

describe('SignalboxServer: large messages to a hub that is mapped while the server listens', () => {
  for (const { title, create } of hostFactories)
    it(`come through or are an error that says what to do on ${title}`, async () => {
      const server = createServer({ host: create() })
      await server.listen(0)
      try {
        const map = () => server.mapHub('/hub', LengthHub, { maximumReceiveMessageSizeBytes: 2_000_000 })
        if (title.startsWith('node')) map()
        else
          expect(map).to.throw(
            ConfigurationError,
            'maximumReceiveMessageSizeBytes of /hub is 2000000, and the host cannot take larger messages any more once it listens: map this before, or give the host maximumWebSocketMessageBytes: 4000000.',
          )
      } finally {
        await server.close()
      }
    })
})
