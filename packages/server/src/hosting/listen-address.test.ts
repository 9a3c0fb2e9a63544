import { networkInterfaces } from 'node:os'
import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { createServer, type SignalboxServer } from '../signalbox-server.js'
import { hostFactories } from '../testing/host-factories.js'

/** Containers often have none. */
const hasIPv6 = Object.values(networkInterfaces()).some(list => list?.some(({ family }) => family === 'IPv6'))

for (const { title, create } of hostFactories)
  describe(`SignalboxServer: where it listens on ${title}`, () => {
    let server: SignalboxServer

    beforeEach(() => {
      server = createServer({ host: create() })
      server.mapRequest('/', () => ({ status: 200 }))
    })

    afterEach(() => server.close())

    const listen = (...address: unknown[]): Promise<unknown> =>
      server.listen(...(address as [number])).then(
        () => undefined,
        (error: unknown) => error,
      )

    for (const port of [70_000, -1, 1.5, Number.NaN, 'abc', '5000', '', null, true])
      it(`refuses ${typeof port === 'number' ? port : JSON.stringify(port)} for a port`, async () => {
        const error = await listen(port)

        expect(error).to.be.instanceOf(ConfigurationError).with.property('option', 'port')
        expect((error as Error).message).to.match(/^port must be a whole number from 0 to 65,535, but is /)
      })

    it('says what to write for a port out of the environment', async () => {
      expect(await listen('5000')).to.have.property(
        'message',
        "port must be a whole number from 0 to 65,535, but is '5000'. A variable of the environment is a text: write Number(process.env.PORT).",
      )
    })

    for (const hostname of ['', '[::1]', 'http://localhost', 'a b', 127, null, () => {}])
      it(`refuses ${typeof hostname === 'function' ? 'a callback' : JSON.stringify(hostname)} for a hostname`, async () => {
        expect(await listen(0, hostname))
          .to.be.instanceOf(ConfigurationError)
          .with.property('option', 'hostname')
      })

    for (const [tls, option, message] of [
      [{ key: 'a', cert: 'b' }, 'key', "tls has no option 'key': did you mean 'keyFile'."],
      [{ cert: 'b' }, 'cert', "tls has no option 'cert': did you mean 'certificateFile'."],
      [{ certificateFile: 'a.pem' }, 'keyFile', 'tls needs keyFile, the path of a PEM file.'],
      [{}, 'certificateFile', 'tls needs certificateFile, the path of a PEM file.'],
      [
        { certificateFile: Buffer.from('PEM'), keyFile: 'k.pem' },
        'certificateFile',
        'certificateFile must be the path of a PEM file, but is an object.',
      ],
      ['a.pem', 'options', 'tls takes an object with options, but got a text.'],
    ] as const)
      it(`refuses TLS files: ${message}`, async () => {
        expect(await listen(0, '127.0.0.1', tls))
          .to.be.instanceOf(ConfigurationError)
          .with.include({ option, message })
      })

    it('refuses a hostname that is not of this machine', async () => {
      const error = await listen(0, '192.0.2.1')

      expect(error).to.be.instanceOf(ConfigurationError)
      expect((error as Error).message)
        .to.include('192.0.2.1')
        .and.to.match(/address/)
    })

    for (const hostname of ['127.0.0.1', 'localhost', '0.0.0.0', ...(hasIPv6 ? ['::1', '::'] : [])])
      it(`gives a URL that leads to it for ${hostname}`, async () => {
        const { url, port } = await server.listen(0, hostname)

        expect(new URL(url).port).to.equal(String(port))
        expect((await fetch(url)).status).to.equal(200)
      })

    it('writes an IPv6 address as URLs have it', async function () {
      if (!hasIPv6) this.skip()
      const { url, hostname, port } = await server.listen(0, '::1')

      expect([url, hostname]).to.deep.equal([`http://[::1]:${port}`, '::1'])
    })
  })
