import { RecordingSocket } from '@signalbox/conformance'
import { RequestSnapshot } from '@signalbox/connections'
import { expect } from 'chai'
import {
  anonymous,
  createPrincipal,
  createServer,
  Hub,
  hubMethod,
  nodeHost,
  type SignalboxServer,
  silentLogger,
} from '../index.js'
import { MemoryConnection } from '../test-hub/memory-connection.js'
import { ExchangeHost } from '../testing/exchange-host.js'
import { handshake } from '../testing/json-handshake.js'

class EchoHub extends Hub {
  @hubMethod
  echo(text: string): string {
    return text
  }
}

describe('SignalboxServer: more hosts', () => {
  let server: SignalboxServer

  afterEach(() => server.close({ drainTimeoutMs: 0 }))

  it('serve the same hubs: a request from elsewhere enters by the same door', async () => {
    const elsewhere = new ExchangeHost()
    server = createServer({
      host: nodeHost(),
      logger: silentLogger,
      authenticate: request =>
        request.query('user') === 'ann' ? createPrincipal({ userId: 'ann' }) : { challenge: 'Who' },
      responseHeaders: () => ({ 'X-Served': 'yes' }),
      extensions: [{ name: 'relay', hosts: [{ host: elsewhere }] }],
    })
    server.mapHub('/echo', EchoHub, { authorize: true })
    await server.listen(0)

    expect(await elsewhere.feed('POST', '/echo/negotiate')).to.deep.equal({
      status: 401,
      headers: { 'WWW-Authenticate': 'Who', 'X-Served': 'yes' },
    })
    const headers =
      'upgrade:websocket\nconnection:Upgrade\nsec-websocket-key:dGhlIHNhbXBsZSBub25jZQ==\nsec-websocket-version:13'
    const socket = new RecordingSocket()
    const opened = await elsewhere.feed('GET', '/echo?user=ann', headers, socket)
    if (!('onMessage' in opened)) throw new Error(`It was answered ${opened.status}.`)
    const frames = () => Buffer.concat(socket.frames).toString()
    opened.onMessage(Buffer.from(handshake))
    opened.onMessage(Buffer.from('{"type":1,"invocationId":"1","target":"echo","arguments":["near"]}\x1e'))
    await new Promise(resolve => setImmediate(resolve))

    expect(frames()).to.include('{"type":3,"invocationId":"1","result":"near"}')
    expect(server.connectionCount).to.equal(1)
    const closed = server.close({ drainTimeoutMs: 500 })
    await new Promise(resolve => setImmediate(resolve))
    opened.onClose(true, undefined)
    await closed
    expect(frames()).to.include('"type":7')
    expect(elsewhere.isListening).to.equal(false)
  })

  it('have addresses of their own, and end with the server', async () => {
    const free = createServer({ host: nodeHost(), logger: silentLogger })
    const { port } = await free.listen(0)
    await free.close()
    const hosts = [{ host: nodeHost(), port }]
    server = createServer({ host: nodeHost(), logger: silentLogger, extensions: [{ name: 'second', hosts }] })
    server.mapRequest('/', () => ({ status: 204 }))
    const { url } = await server.listen(0)

    for (const address of [url, `http://127.0.0.1:${port}`]) expect((await fetch(address)).status).to.equal(204)
    await server.close()
    for (const address of [url, `http://127.0.0.1:${port}`])
      expect(await fetch(address).catch((error: unknown) => error)).to.be.instanceOf(TypeError)
  })

  it('run a hub on a connection that came by no host', async () => {
    server = createServer({ host: nodeHost(), logger: silentLogger })
    server.mapHub('/echo', EchoHub)
    const received: string[] = []
    const connection = new MemoryConnection('from afar', {
      transport: 'WebSockets',
      supportedFormats: ['Text'],
      activeFormat: 'Text',
      hasInherentKeepAlive: false,
      httpRequest: new RequestSnapshot('GET', '/', '', '192.0.2.1', '\n'),
      user: anonymous,
      statefulReconnect: undefined,
    })
    connection.onMessage = json => received.push(json)
    const hub = server.hubs.get('EchoHub')!
    hub.accept(connection)
    connection.receive(Buffer.from(`${handshake}{"type":1,"invocationId":"1","target":"echo","arguments":["far"]}\x1e`))
    await new Promise(resolve => setImmediate(resolve))

    expect(received).to.deep.equal(['{}', '{"type":3,"invocationId":"1","result":"far"}'])
    await server.hub(EchoHub).clients.client('from afar')['note']!()
    expect(received.at(-1)).to.equal('{"type":1,"target":"note","arguments":[]}')
    expect([hub.paths, hub.hasMethod('ECHO'), hub.hasMethod('other')]).to.deep.equal([['/echo'], true, false])
    connection.leave(undefined)
    await connection.closed
  })
})
