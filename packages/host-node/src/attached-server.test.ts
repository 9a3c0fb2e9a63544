import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import {
  handshakeHeaders,
  RawConnection,
  type RawResponse,
  RawWebSocket,
  readHead,
  readResponse,
  requestOnce,
  writeRequest,
} from '@signalbox/conformance'
import type { Host, HttpExchange } from '@signalbox/connections'
import { expect } from 'chai'
import { WebSocket, WebSocketServer } from 'ws'
import { nodeHost } from './node-host.js'
import { certificate, key } from './testing/certificate.js'

/** Answers with its name, accepts WebSockets and greets on them. */
function serveHub(exchange: HttpExchange): void {
  if (exchange.request.header('upgrade') === undefined) exchange.respond({ status: 200, body: 'hub' })
  else
    exchange.acceptWebSocket({
      onOpen: socket => void socket.send(Buffer.from('hub'), 'Text'),
      onMessage() {},
      onDrain() {},
      onClose() {},
    })
}

const takes = (path: string) => path === '/hub'

describe('nodeHost attached to a server', () => {
  let server: Server
  let host: Required<Host>

  beforeEach(() => {
    server = createServer((_request, response) => response.end('own'))
    host = nodeHost()
  })

  afterEach(() => {
    host.terminate()
    server.closeAllConnections()
    server.close()
  })

  const listen = (): Promise<number> =>
    new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

  const get = async (port: number, path: string, headers = {}): Promise<string> =>
    (await requestOnce(port, { path, headers })).body.toString()

  const startOrders = {
    async 'before it listens'(): Promise<number> {
      host.attach(server, serveHub, takes)
      return listen()
    },
    async 'after it listens'(): Promise<number> {
      const port = await listen()
      host.attach(server, serveHub, takes)
      return port
    },
  }

  for (const [name, start] of Object.entries(startOrders)) {
    it(`takes its paths and no others, attached ${name}`, async () => {
      const port = await start()

      expect(await get(port, '/hub?id=1')).to.equal('hub')
      expect(await get(port, '/hubs')).to.equal('own')
    })

    it(`accepts WebSockets, attached ${name}`, async () => {
      const client = await RawWebSocket.open(await start(), '/hub')

      expect(await client.readText()).to.equal('hub')
      client.connection.vanish()
    })
  }

  it('keeps its requests from listeners that come later', async () => {
    const seen: (string | undefined)[] = []
    host.attach(server, serveHub, takes)
    server.on('request', request => seen.push(request.url))
    const port = await listen()

    await get(port, '/hub')
    await get(port, '/other')

    expect(seen).to.deep.equal(['/other'])
  })

  it('leaves other WebSockets to their own server, which refuses what it does not know', async () => {
    host.attach(server, serveHub, takes)
    new WebSocketServer({ server, path: '/own' }).on('connection', socket => socket.send('own'))
    const port = await listen()

    const own = new WebSocket(`ws://127.0.0.1:${port}/own`)
    const message = await new Promise(resolve => own.once('message', resolve))
    own.terminate()
    const hub = await RawWebSocket.open(port, '/hub')

    expect(String(message)).to.equal('own')
    expect(await hub.readText()).to.equal('hub')
    hub.connection.vanish()
  })

  it('leaves a request for another upgrade the ordinary request it was', async () => {
    host.attach(server, serveHub, takes)

    expect(await get(await listen(), '/other', { Connection: 'Upgrade', Upgrade: 'h2c' })).to.equal('own')
  })

  it('asks for the body of a request that waits to be asked, where the server would decide', async () => {
    host.attach(
      server,
      exchange => exchange.readBody(10, body => exchange.respond({ status: 200, body: body.kind })),
      takes,
    )
    server.on('checkContinue', (_request, response) => response.writeHead(417).end())
    const connection = await RawConnection.open(await listen())
    const headers = { Expect: '100-continue', 'Content-Length': '2' }
    writeRequest(connection, { method: 'POST', path: '/hub', headers })

    expect((await readHead(connection)).status).to.equal(100)
    connection.write('hi')

    expect((await readResponse(connection)).body.toString()).to.equal('complete')
    connection.end()
  })

  it('serves https', async () => {
    server = createSecureServer({ cert: certificate, key })
    host.attach(server, serveHub, takes)
    const client = new WebSocket(`wss://127.0.0.1:${await listen()}/hub`, { ca: certificate })

    expect(String(await new Promise(resolve => client.once('message', resolve)))).to.equal('hub')
    client.terminate()
  })

  describe('and terminated', () => {
    let port: number

    beforeEach(async () => {
      host.attach(server, serveHub, takes)
      port = await listen()
    })

    it('cuts its WebSockets', async () => {
      const client = await RawWebSocket.open(port, '/hub')

      host.terminate()

      await client.connection.closed
    })

    it('leaves all paths to the server', async () => {
      host.terminate()

      expect(await get(port, '/hub')).to.equal('own')
    })

    it('leaves the connections of the server open', async () => {
      const connection = await RawConnection.open(port)
      const ask = async (path: string): Promise<RawResponse> => {
        writeRequest(connection, { path })
        return readResponse(connection)
      }
      await ask('/hub')

      host.terminate()

      expect((await ask('/other')).body.toString()).to.equal('own')
      connection.end()
    })

    it('leaves the server to somebody who has wrapped it meanwhile', async () => {
      const events = new Set<string | symbol>()
      const emit = server.emit.bind(server) as (event: string | symbol, ...details: unknown[]) => boolean
      server.emit = (event: string | symbol, ...details: unknown[]) => {
        events.add(event)
        return emit(event, ...details)
      }

      host.terminate()

      expect(await get(port, '/hub')).to.equal('own')
      expect(events).to.include('request')
    })
  })

  it('greets nobody whose handshake is not one for WebSockets', async () => {
    host.attach(server, serveHub, takes)
    const headers = { ...handshakeHeaders, 'Sec-WebSocket-Version': '12' }

    expect(await get(await listen(), '/hub', headers)).to.equal('hub')
  })
})
