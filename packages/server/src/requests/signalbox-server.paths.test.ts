import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { createServer, type HttpRequest, Hub, type SignalboxServer, silentLogger } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

class TenantHub extends Hub {
  static hubMethods = { tenant: 0 }

  tenant() {
    const { tenant } = this.context.httpRequest.params
    return tenant
  }
}

for (const { title: name, create: createHost } of hostFactories)
  describe(`a path with parameters, on ${name}`, () => {
    let server: SignalboxServer
    let url: string
    let client: HubConnection | undefined

    beforeEach(async () => {
      server = createServer({ logger: silentLogger, host: createHost() })
      url = (await server.listen(0)).url
    })

    afterEach(async () => {
      await client?.stop()
      client = undefined
      await server.close()
    })

    const get = async (path: string) => {
      const response = await fetch(url + path)
      return response.status === 200 ? response.text() : response.status
    }

    /** The parameters by which a handler at `mapped` is called for `requested`; the status when it is not. */
    async function paramsOf(mapped: string, requested: string): Promise<unknown> {
      server.mapRequest(mapped, ({ params }) => ({ status: 200, body: JSON.stringify(params) }))
      const answer = await get(requested)
      return typeof answer === 'string' ? JSON.parse(answer) : answer
    }

    for (const transport of ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const)
      it(`serves a hub to the official client over ${transport}, which finds them in its request`, async () => {
        server.mapHub('/hubs/:tenant', TenantHub)
        client = new HubConnectionBuilder()
          .withUrl(`${url}/hubs/Acme`, { transport: HttpTransportType[transport] })
          .configureLogging(LogLevel.None)
          .build()
        await client.start()
        expect(await client.invoke('tenant')).to.equal('Acme')
      })

    it('serves raw connections', async () => {
      const tenants: unknown[] = []
      server.mapConnection('/raw/:tenant', connection => {
        tenants.push(connection.features.httpRequest.params)
        connection.receiver = { onReceive() {}, onEnd: () => connection.close(), onHeartbeat() {} }
      })
      const negotiated = await fetch(`${url}/raw/acme/negotiate?negotiateVersion=1`, { method: 'POST' })
      const { connectionToken } = (await negotiated.json()) as { connectionToken: string }
      await fetch(`${url}/raw/acme?id=${connectionToken}`)
      expect(tenants).to.deep.equal([{ tenant: 'acme' }])
    })

    it('keeps the case of a parameter, and none of the text around it', async () => {
      expect(await paramsOf('/Orders/:id/Lines', '/orders/aBc/LINES/')).to.deep.equal({ id: 'aBc' })
    })

    it('decodes a parameter, a slash in it included', async () => {
      expect(await paramsOf('/files/:name', '/files/a%2Fb%20%C3%A9')).to.deep.equal({ name: 'a/b é' })
    })

    it('leaves what is no valid escape', async () => {
      expect(await paramsOf('/files/:name', '/files/100%25-%ff%zz')).to.deep.equal({ name: '100%-%ff%zz' })
    })

    for (const requested of ['/files/', '/files', '/files//', '/files/a/b', '/files//a'])
      it(`is not ${requested}`, async () => {
        expect(await paramsOf('/files/:name', requested)).to.equal(404)
      })

    it('takes several, of any name', async () => {
      expect(await paramsOf('/:a/x/:constructor', '/1/x/2')).to.deep.equal({ a: '1', constructor: '2' })
    })

    it('has no parameters where none are mapped', async () => {
      expect(await paramsOf('/files', '/files')).to.deep.equal({})
    })

    it('gives way to a path that says more, whatever was mapped first', async () => {
      const answer = (body: string) => () => ({ status: 200, body })
      server.mapRequest('/*', answer('all'))
      server.mapRequest('/:a/:b', answer('two'))
      server.mapRequest('/:a/last', answer('last'))
      server.mapRequest('/first/:b', answer('first'))
      server.mapRequest('/first/last', answer('both'))
      expect([
        await get('/first/last'),
        await get('/first/x'),
        await get('/x/last'),
        await get('/x/y'),
        await get('/x'),
      ]).to.deep.equal(['both', 'first', 'last', 'two', 'all'])
    })

    it('has a token count only where the values are those it was negotiated with', async () => {
      server.mapHub('/hubs/:tenant', TenantHub)
      const negotiated = await fetch(`${url}/hubs/a/negotiate?negotiateVersion=1`, { method: 'POST' })
      const { connectionToken } = (await negotiated.json()) as { connectionToken: string }
      expect(await get(`/hubs/b?id=${connectionToken}`)).to.equal(404)
      expect((await fetch(`${url}/hubs/A?id=${connectionToken}`, { method: 'POST' })).status).to.equal(404)
      expect(await get(`/hubs/a?id=${connectionToken}`)).to.equal('')
      expect(await get(`/hubs/b?id=${connectionToken}`)).to.equal(404)
    })

    it('tells authenticate of them', async () => {
      await server.close()
      const asked: unknown[] = []
      const authenticate = ({ params }: HttpRequest) => {
        asked.push(params)
        return undefined
      }
      server = createServer({ logger: silentLogger, host: createHost(), authenticate })
      server.mapHub('/hubs/:tenant', TenantHub, { authorize: true })
      url = (await server.listen(0)).url
      expect((await fetch(`${url}/hubs/acme/negotiate`, { method: 'POST' })).status).to.equal(401)
      expect(asked).to.deep.equal([{ tenant: 'acme' }])
    })

    it('finds an escaped slash in no text', async () => {
      server.mapRequest('/a/b', () => ({ status: 200, body: 'found' }))
      expect(await get('/a%2Fb')).to.equal(404)
    })

    it('may be mapped with escapes', async () => {
      expect(await paramsOf('/caf%C3%A9', '/Caf%c3%a9')).to.deep.equal({})
      expect(await paramsOf('/%3Abatch', '/:batch')).to.deep.equal({})
    })
  })

describe('mapping a path', () => {
  const mistakes = [
    ['/hubs/{tenant}', "The path '/hubs/{tenant}' has braces: write a parameter as '/hubs/:tenant'."],
    ['/hubs/{tenant:int}/x', "write a parameter as '/hubs/:tenant/x'."],
    ['/file-:id', "has 'file-:id': a parameter is a whole segment"],
    ['/:', "has ':': a parameter is a whole segment"],
    ['/:id?', "has a '?' or '#'"],
    ['/:1', "has ':1': a parameter is a whole segment"],
    ['/:a/:a', 'has two parameters of one name.'],
    ['/chat?x=1', "has a '?' or '#'"],
    ['/chat/*', 'has a star: only mapRequest takes one'],
  ] as const

  for (const [path, message] of mistakes)
    it(`refuses ${path}`, () => {
      expect(() => createServer({ logger: silentLogger }).mapHub(path, TenantHub))
        .to.throw(ConfigurationError, message)
        .with.property('option', 'path')
    })

  it('refuses parameters before a star', () => {
    const map = () => createServer({ logger: silentLogger }).mapRequest('/:a/*', () => undefined)
    expect(map).to.throw(ConfigurationError, 'it cannot have parameters too').with.property('option', 'path')
  })

  it('refuses one that takes the same requests as another', () => {
    const server = createServer({ logger: silentLogger })
    server.mapHub('/hubs/:tenant', TenantHub)
    expect(() => server.mapHub('/HUBS/:tenant/', TenantHub)).to.throw(ConfigurationError, 'is mapped already.')
    expect(() => server.mapHub('/hubs/:other', TenantHub)).to.throw(
      ConfigurationError,
      'The path /hubs/:other is mapped already with other names of parameters: tenant.',
    )
  })
})
