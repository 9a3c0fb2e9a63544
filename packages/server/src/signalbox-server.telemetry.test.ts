import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { handshakeHeaders, RawConnection, RawWebSocket, readHead, writeRequest } from '@signalbox/conformance'
import { MetricSdk, TraceSdk } from '@signalbox/conformance/opentelemetry'
import { openTelemetry } from '@signalbox/opentelemetry'
import { expect } from 'chai'
import { createServer, Hub, type SignalboxServer, silentLogger } from './index.js'

const duration = 'signalr.server.connection.duration'
const active = 'signalr.server.active_connections'

class EchoHub extends Hub {
  static readonly hubMethods = { echo: 1 }

  echo(text: string): string {
    return text
  }
}

describe('a server with OpenTelemetry', () => {
  let metrics: MetricSdk
  let traces: TraceSdk
  let server: SignalboxServer
  let url: string
  let port: number

  beforeEach(async () => {
    metrics = new MetricSdk()
    traces = new TraceSdk()
    server = createServer({ logger: silentLogger, telemetry: openTelemetry() })
    server.mapHub('/echo', EchoHub)
    ;({ url, port } = await server.listen(0))
  })

  afterEach(async () => {
    await server.close()
    await traces.shutdown()
    await metrics.shutdown()
  })

  async function everyoneGone(): Promise<void> {
    while (server.connectionCount > 0) await new Promise(setImmediate)
  }

  for (const [transport, name] of [
    ['WebSockets', 'web_sockets'],
    ['ServerSentEvents', 'server_sent_events'],
    ['LongPolling', 'long_polling'],
  ] as const) {
    describe(`and the JavaScript client over ${transport}`, () => {
      const byTransport = { 'signalr.transport': name }

      const connect = async () => {
        const client = new HubConnectionBuilder()
          .withUrl(`${url}/echo`, { transport: HttpTransportType[transport] })
          .configureLogging(LogLevel.None)
          .build()
        await client.start()
        expect(await client.invoke('echo', 'hello')).to.equal('hello')
        return client
      }

      it('counts a connection once while it is there, and measures it when it has ended', async () => {
        const client = await connect()
        expect(await metrics.values(active)).to.deep.equal([[byTransport, 1]])
        expect(await metrics.values(duration)).to.deep.equal([])
        await client.stop()
        await everyoneGone()
        expect(await metrics.values(active)).to.deep.equal([[byTransport, 0]])
        expect(await metrics.values(duration)).to.deep.equal([
          [{ ...byTransport, 'signalr.connection.status': 'normal_closure' }, 1],
        ])
      })

      it('tells that a connection ended with the server', async () => {
        const client = await connect()
        await server.close()
        await client.stop()
        expect(await metrics.values(active)).to.deep.equal([[byTransport, 0]])
        expect(await metrics.values(duration)).to.deep.equal([
          [{ ...byTransport, 'signalr.connection.status': 'app_shutdown' }, 1],
        ])
      })

      it('has a span of each: connecting, the call, disconnecting', async () => {
        const client = await connect()
        await client.stop()
        await everyoneGone()
        expect(traces.spans.map(span => [span.name, span.parentSpanContext])).to.deep.equal([
          ['EchoHub/OnConnectedAsync', undefined],
          ['EchoHub/echo', undefined],
          ['EchoHub/OnDisconnectedAsync', undefined],
        ])
      })
    })
  }

  it('tells how long it runs, and as which node', async () => {
    expect((await metrics.values('signalbox.server.uptime')).map(([tags]) => tags)).to.deep.equal([
      { 'signalbox.node.id': server.node.id },
    ])
  })

  it('counts nothing for a negotiate', async () => {
    const { status } = await fetch(`${url}/echo/negotiate?negotiateVersion=1`, { method: 'POST' })
    expect(status).to.equal(200)
    expect(await metrics.values(active)).to.deep.equal([])
  })

  it('keeps a call in the trace of its caller, with a link to the trace of the connection', async () => {
    const [connecting, calling] = ['1'.repeat(32), '2'.repeat(32)]
    const connection = await RawConnection.open(port)
    writeRequest(connection, {
      path: '/echo',
      headers: { ...handshakeHeaders, traceparent: `00-${connecting}-${'a'.repeat(16)}-01` },
    })
    const socket = new RawWebSocket(connection, await readHead(connection))
    socket.sendText('{"protocol":"json","version":1}\x1e')
    expect(await socket.readText()).to.equal('{}\x1e')
    const headers = `{"traceparent":"00-${calling}-${'b'.repeat(16)}-01"}`
    socket.sendText(`{"type":1,"invocationId":"1","target":"echo","arguments":["hi"],"headers":${headers}}\x1e`)
    expect(await socket.readText()).to.equal('{"type":3,"invocationId":"1","result":"hi"}\x1e')
    socket.sendClose(1000)
    await everyoneGone()

    const call = traces.span('EchoHub/echo')
    expect(call.parentSpanContext).to.include({ traceId: calling, spanId: 'b'.repeat(16) })
    expect(call.links.map(({ context }) => context)).to.have.length(1)
    expect(call.links[0]!.context).to.include({ traceId: connecting, spanId: 'a'.repeat(16) })
    for (const method of ['OnConnectedAsync', 'OnDisconnectedAsync'])
      expect(traces.span(`EchoHub/${method}`).parentSpanContext).to.include({ traceId: connecting })
  })
})

describe('a server without telemetry', () => {
  /**
   * What a program has loaded of OpenTelemetry once it has imported a package; in a process of its own, as ours has it
   * already.
   */
  async function loadedBy(name: string): Promise<string[]> {
    const program = `
      import { createRequire } from 'node:module'
      await import('${name}')
      console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
    })
    return (JSON.parse(stdout) as string[]).filter(path => path.includes('@opentelemetry'))
  }

  it('loads nothing of OpenTelemetry', async () => {
    expect(await loadedBy('signalbox')).to.deep.equal([])
    expect(await loadedBy('@signalbox/opentelemetry')).not.to.deep.equal([])
  })
})
