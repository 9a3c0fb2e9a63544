import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import {
  createServer,
  type HttpMethod,
  Hub,
  nodeHost,
  type RequestHandler,
  type SignalboxServer,
  silentLogger,
} from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

class ChatHub extends Hub {}

const answer =
  (body: string): RequestHandler =>
  () => ({ status: 200, body })

for (const { title: name, create: createHost } of hostFactories)
  describe(`mapRequest with a method, on ${name}`, () => {
    let server: SignalboxServer
    let url: string

    beforeEach(async () => {
      server = createServer({ logger: silentLogger, host: createHost() })
      url = (await server.listen(0)).url
    })

    afterEach(() => server.close())

    const ask = (method: string, path: string) => fetch(url + path, { method })

    async function textOf(method: string, path: string): Promise<string> {
      const response = await ask(method, path)
      return `${response.status} ${await response.text()}`
    }

    it('has each method of a path answered by its own handler', async () => {
      server.mapRequest('GET', '/orders', answer('list'))
      server.mapRequest(['POST', 'PUT'], '/orders', answer('add'))
      const answers = ['GET', 'POST', 'PUT'].map(method => textOf(method, '/orders'))
      expect(await Promise.all(answers)).to.deep.equal(['200 list', '200 add', '200 add'])
    })

    it('refuses other methods with 405, and says which there are', async () => {
      server.mapRequest('GET', '/orders', answer('list'))
      server.mapRequest('DELETE', '/orders', answer('gone'))
      const response = await ask('POST', '/orders')
      expect([response.status, response.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, DELETE'])
    })

    it('tells OPTIONS which methods there are', async () => {
      server.mapRequest('POST', '/orders/:id', answer('changed'))
      const response = await ask('OPTIONS', '/orders/1')
      expect([response.status, response.headers.get('allow')]).to.deep.equal([204, 'POST'])
    })

    it('lets a handler of OPTIONS answer it', async () => {
      server.mapRequest('OPTIONS', '/orders', answer('mine'))
      expect(await textOf('OPTIONS', '/orders')).to.equal('200 mine')
    })

    it('answers HEAD as GET, without the body', async () => {
      server.mapRequest('GET', '/orders', ({ method }) => ({
        status: 200,
        headers: { 'X-Method': method },
        body: 'list',
      }))
      const response = await ask('HEAD', '/orders')
      expect([response.status, response.headers.get('x-method'), await response.text()]).to.deep.equal([
        200,
        'HEAD',
        '',
      ])
    })

    it('prefers a handler of HEAD', async () => {
      server.mapRequest('GET', '/orders', answer('list'))
      server.mapRequest('HEAD', '/orders', () => ({ status: 204 }))
      expect((await ask('HEAD', '/orders')).status).to.equal(204)
    })

    it('passes over a path that says more but lacks the method', async () => {
      server.mapRequest('GET', '/orders/new', answer('form'))
      server.mapRequest('POST', '/orders/:id', ({ params }) => ({ status: 200, body: params.id }))
      server.mapRequest('DELETE', '/*', answer('anything'))
      expect(await textOf('GET', '/orders/new')).to.equal('200 form')
      expect(await textOf('POST', '/orders/new')).to.equal('200 new')
      expect(await textOf('DELETE', '/orders/new')).to.equal('200 anything')
      expect((await ask('PUT', '/orders/new')).headers.get('allow')).to.equal('GET, HEAD, POST, DELETE')
    })

    it('answers any method without one', async () => {
      server.mapRequest('/any', ({ method }) => ({ status: 200, body: method }))
      expect(await textOf('PROPFIND', '/any')).to.equal('200 PROPFIND')
    })
  })

describe('mapRequest with a method', () => {
  const serve = () => createServer({ logger: silentLogger })

  for (const method of ['get', 'FETCH', 1, []] as unknown as readonly HttpMethod[])
    it(`refuses ${JSON.stringify(method)} as a method`, () => {
      expect(() => serve().mapRequest(method, '/orders', answer('')))
        .to.throw(ConfigurationError)
        .with.property('option', 'method')
    })

  it('refuses one that is taken', () => {
    const server = serve()
    server.mapRequest(['GET', 'POST'], '/orders', answer(''))
    expect(() => server.mapRequest('POST', '/Orders', answer(''))).to.throw('The path /Orders is mapped already.')
    expect(() => server.mapRequest('/orders', answer(''))).to.throw('is mapped already.')
    expect(() => server.mapRequest('PUT', '/orders', answer(''))).not.to.throw()
  })

  it("refuses a hub's path, which takes every method", () => {
    const server = serve()
    server.mapHub('/chat', ChatHub)
    expect(() => server.mapRequest('GET', '/chat', answer(''))).to.throw('The path /chat is mapped already.')
  })

  it('refuses a handler that is none', () => {
    const handler = undefined as unknown as RequestHandler
    expect(() => serve().mapRequest('GET', '/orders', handler))
      .to.throw(ConfigurationError, "mapRequest('/orders') needs a function that answers.")
      .with.property('option', 'handler')
  })

  it('leaves other methods of its paths to the server it is attached to', async () => {
    const httpServer = createHttpServer((_, response) => response.end('theirs')).listen(0, '127.0.0.1')
    const server = createServer({ logger: silentLogger, host: nodeHost(), allowedOrigins: ['https://app.example'] })
    server.mapRequest('POST', '/orders', answer('ours'))
    server.attach(httpServer)
    await new Promise(resolve => httpServer.once('listening', resolve))
    const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}/orders`
    const preflight = (method: string) => {
      const headers = { Origin: 'https://app.example', 'Access-Control-Request-Method': method }
      return fetch(url, { method: 'OPTIONS', headers })
    }
    const answers = [fetch(url), fetch(url, { method: 'POST' }), preflight('PUT'), preflight('POST')]
    const texts = await Promise.all(answers.map(async one => (await one).text()))
    await server.close()
    httpServer.close()
    expect(texts).to.deep.equal(['theirs', 'ours', 'theirs', ''])
  })
})
