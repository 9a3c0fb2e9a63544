import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { ConfigurationError, type Logger } from '@signalbox/abstractions'
import { expect } from 'chai'
import { createServer, Hub, type RequestHandler, type ServerOptions, type SignalboxServer } from '../index.js'

class ChatHub extends Hub {}

describe('a server, answering requests', () => {
  let server: SignalboxServer
  let url: string
  let errors: { message: string; error: unknown }[]

  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (message, error) => errors.push({ message, error }),
  }

  async function serve(map: (server: SignalboxServer) => void, options?: ServerOptions): Promise<void> {
    server = createServer({ logger, ...options })
    map(server)
    url = (await server.listen(0)).url
  }

  const serveAt = (path: string, handler: RequestHandler, options?: ServerOptions) =>
    serve(server => server.mapRequest(path, handler), options)

  const get = (path: string) => fetch(url + path)
  const body = async (path: string) => (await get(path)).text()
  const status = async (path: string) => (await get(path)).status
  const negotiate = async (path: string) => (await fetch(url + path, { method: 'POST' })).status

  beforeEach(() => {
    errors = []
  })

  afterEach(() => server.close())

  describe('of hubs', () => {
    for (const path of ['/chat', '/CHAT', '/chat/', '/Chat/']) {
      it(`finds /chat as ${path}`, async () => {
        await serve(server => server.mapHub('/chat', ChatHub))
        expect(await body(path)).to.equal('Connection ID required')
      })

      it(`finds /Chat/ as ${path}`, async () => {
        await serve(server => server.mapHub('/Chat/', ChatHub))
        expect(await body(path)).to.equal('Connection ID required')
      })
    }

    for (const path of ['/chat/negotiate', '/chat/NEGOTIATE', '/Chat/negotiate/']) {
      it(`negotiates at ${path}`, async () => {
        await serve(server => server.mapHub('/chat', ChatHub))
        expect(await negotiate(`${path}?negotiateVersion=1`)).to.equal(200)
      })
    }

    it('serves a hub at the root', async () => {
      await serve(server => server.mapHub('/', ChatHub))
      expect(await negotiate('/negotiate')).to.equal(200)
      expect(await body('/')).to.equal('Connection ID required')
    })

    for (const path of ['/', '/chat2', '/chat/other', '/negotiate', '/chat//', '//chat']) {
      it(`finds nothing at ${path}`, async () => {
        await serve(server => server.mapHub('/chat', ChatHub))
        expect(await status(path)).to.equal(404)
      })
    }

    it('goes before a request handler of everything', async () => {
      await serve(server => {
        server.mapRequest('/*', () => ({ status: 200, body: 'page' }))
        server.mapHub('/chat', ChatHub)
      })
      expect(await body('/chat')).to.equal('Connection ID required')
      expect(await body('/')).to.equal('page')
    })
  })

  describe('by request handlers', () => {
    it('answers what the handler returns', async () => {
      await serveAt('/health', () => ({ status: 418, headers: { 'X-Kind': 'teapot' }, body: 'short and stout' }))
      const response = await get('/health')
      expect([response.status, response.headers.get('x-kind'), await response.text()]).to.deep.equal([
        418,
        'teapot',
        'short and stout',
      ])
    })

    it('answers what the handler promises', async () => {
      await serveAt('/health', async () => ({ status: 200, body: 'later' }))
      expect(await body('/health')).to.equal('later')
    })

    it('hands the request over', async () => {
      await serveAt('/health', request => ({
        status: 200,
        body: `${request.method} ${request.path} ${request.query('a')}`,
      }))
      expect(await body('/Health?a=1')).to.equal('GET /Health 1')
    })

    for (const handler of [() => undefined, async () => undefined]) {
      it(`answers 404 when the handler has no answer: ${handler}`, async () => {
        await serveAt('/health', handler)
        expect(await status('/health')).to.equal(404)
      })
    }

    it('tolerates a slash at the end and any case', async () => {
      await serveAt('/health', () => ({ status: 200 }))
      expect([await status('/health/'), await status('/HEALTH')]).to.deep.equal([200, 200])
    })

    it('takes the longest prefix that fits', async () => {
      await serve(server => {
        server.mapRequest('/*', () => ({ status: 200, body: 'all' }))
        server.mapRequest('/files/*', () => ({ status: 200, body: 'files' }))
        server.mapRequest('/files/own', () => ({ status: 200, body: 'own' }))
      })
      expect([
        await body('/files/a/b'),
        await body('/FILES/a'),
        await body('/files/own'),
        await body('/file'),
      ]).to.deep.equal(['files', 'files', 'own', 'all'])
    })

    it('answers 500 when the answer of the handler is invalid', async () => {
      const headers = { 'X-Number': 5 as unknown as string }
      await serveAt('/health', async () => ({ status: 200, headers }))
      expect(await status('/health')).to.equal(500)
    })

    const failing: Readonly<Record<string, RequestHandler>> = {
      throws: () => {
        throw new Error('BOOM!')
      },
      rejects: () => Promise.reject(new Error('BOOM!')),
    }
    for (const [how, handler] of Object.entries(failing)) {
      it(`answers 500 without details when the handler ${how}`, async () => {
        await serveAt('/health', handler)
        const response = await get('/health')
        expect([response.status, await response.text()]).to.deep.equal([500, ''])
      })

      it(`logs when the handler ${how}`, async () => {
        await serveAt('/health', handler)
        await get('/health')
        expect(errors.map(({ message, error }) => `${message} ${String(error)}`)).to.deep.equal([
          'The request handler of /health failed. Error: BOOM!',
        ])
      })
    }
  })

  it('answers 500 when the headers of responses cannot be made', async () => {
    await serveAt('/health', () => ({ status: 200 }), {
      responseHeaders: () => {
        throw new Error('BOOM!')
      },
    })
    expect(await status('/health')).to.equal(500)
    expect(errors).to.have.lengthOf(1)
  })

  for (const [what, responseHeaders] of [
    ['come as a promise that rejects', () => Promise.reject(new Error('BOOM!'))],
    ['come as a promise', async () => ({ 'X-A': 'b' })],
    ['are a text', () => 'X-A: b'],
    ['have a value HTTP cannot carry', () => ({ 'X-Price': '5 €' })],
    ['have a value with a line break', () => ({ 'X-A': 'b\r\nSet-Cookie: c=d' })],
  ] as const)
    it(`answers 500 when the headers of responses ${what}, and names the option in the log`, async () => {
      await serveAt('/health', () => ({ status: 200 }), { responseHeaders: responseHeaders as never })
      expect(await status('/health')).to.equal(500)
      expect(errors.map(({ error }) => String(error))).to.deep.equal(['Error: responseHeaders failed.'])
    })

  it('answers 500 when a request handler has a header that HTTP cannot carry', async () => {
    await serveAt('/health', () => ({ status: 200, headers: { 'X-Price': '5 €' } }))
    expect(await status('/health')).to.equal(500)
    expect(errors.map(({ error }) => String(error))).to.deep.equal([
      'TypeError: The header "X-Price" has a name or a value that no header can have.',
    ])
  })

  it('adds the headers of responses to every answer, refusals included', async () => {
    await serveAt('/health', () => ({ status: 200 }), { responseHeaders: ({ path }) => ({ 'X-Path': path }) })
    expect((await get('/health')).headers.get('x-path')).to.equal('/health')
    expect((await get('/nowhere')).headers.get('x-path')).to.equal('/nowhere')
  })

  it('listens on this machine only unless told otherwise', async () => {
    await serveAt('/health', () => ({ status: 200 }))
    expect(new URL(url).hostname).to.equal('127.0.0.1')
  })

  it('may listen on a second port', async () => {
    await serveAt('/health', () => ({ status: 200 }))
    const second = await server.listen(0)
    expect((await fetch(`${second.url}/health`)).status).to.equal(200)
    expect(await status('/health')).to.equal(200)
  })

  it('refuses a port that is taken, by name', async () => {
    server = createServer({ logger })
    const other = createTcpServer().listen(0, '127.0.0.1')
    await new Promise(resolve => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const error = await server.listen(port).catch((error: unknown) => error)
    other.close()
    expect(error).to.be.an.instanceOf(ConfigurationError).with.property('option', 'port')
  })
})
