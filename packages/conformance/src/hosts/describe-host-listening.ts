import { networkInterfaces } from 'node:os'
import { ConfigurationError } from '@signalbox/abstractions'
import type { Host } from '@signalbox/connections'
import { expect } from 'chai'
import { RawConnection } from '../raw-clients/raw-connection.js'
import { readResponse, requestOnce, writeRequest } from '../raw-clients/raw-http.js'
import { HostUnderTest, RecordingStreamHandler } from './host-under-test.js'

const hasIpv6 = Object.values(networkInterfaces()).some(list => list?.some(({ family }) => family === 'IPv6'))
const local = { port: 0, hostname: '127.0.0.1' }

export function describeHostListening(createHost: () => Host): void {
  describe('listening', () => {
    let server: HostUnderTest

    beforeEach(async () => {
      server = await HostUnderTest.start(createHost, exchange => exchange.respond({ status: 200 }))
    })

    afterEach(() => server.stop())

    it('names a port that is taken in a ConfigurationError', async () => {
      const error = await createHost()
        .listen({ ...local, port: server.port }, () => {})
        .catch((reason: unknown) => reason)

      expect(error).to.be.instanceOf(ConfigurationError)
      expect((error as ConfigurationError).option).to.equal('port')
      expect((error as ConfigurationError).message).to.include(String(server.port))
    })

    it('takes the port it is given', async () => {
      server.host.terminate()
      const host = createHost()
      try {
        const port = await host.listen({ ...local, port: server.port }, exchange => exchange.respond({ status: 201 }))

        expect(port).to.equal(server.port)
        expect((await requestOnce(port, { path: '/' })).status).to.equal(201)
      } finally {
        host.terminate()
      }
    })

    it('shares a port with another host, or says that it cannot', async () => {
      const hosts = [createHost(), createHost()]
      const shared = { ...local, port: 0, shared: true }
      try {
        for (const host of hosts) shared.port = await host.listen(shared, exchange => exchange.respond({ status: 201 }))
        expect((await requestOnce(shared.port, { path: '/' })).status).to.equal(201)
      } catch (error) {
        expect(error).to.be.instanceOf(ConfigurationError).with.property('option', 'shared')
      } finally {
        for (const host of hosts) host.terminate()
      }
    })

    it('serves at one more address', async () => {
      const port = await server.host.listen(local, exchange => exchange.respond({ status: 201 }))

      expect((await requestOnce(port, { path: '/' })).status).to.equal(201)
      expect((await requestOnce(server.port, { path: '/' })).status).to.equal(200)
    })

    for (const [hostname, peer, address] of [
      ['::', '127.0.0.1', '127.0.0.1'],
      ['::', '[::1]', '::1'],
      ['::1', '[::1]', '::1'],
    ] as const)
      it(`knows ${peer} as ${address} where it listens at ${hostname}`, async function () {
        if (!hasIpv6) this.skip()
        const port = await server.host.listen({ port: 0, hostname }, exchange =>
          exchange.respond({ status: 200, body: exchange.request.remoteAddress }),
        )

        expect(await (await fetch(`http://${peer}:${port}`)).text()).to.equal(address)
      })

    it('refuses new connections once it has stopped listening', async () => {
      server.host.stopListening()

      const error = await RawConnection.open(server.port).catch((reason: unknown) => reason)
      expect(error).to.have.property('code', 'ECONNREFUSED')
    })

    it('goes on serving open connections after it has stopped listening', async () => {
      const connection = await server.connect()
      writeRequest(connection, { path: '/' })
      await readResponse(connection)

      server.host.stopListening()
      writeRequest(connection, { path: '/' })

      expect((await readResponse(connection)).status).to.equal(200)
    })

    it('cuts open connections when it terminates', async () => {
      const connection = await server.connect()
      writeRequest(connection, { path: '/' })
      await readResponse(connection)

      server.host.terminate()

      await connection.closed
    })

    it('cuts WebSockets and streams that are open when it terminates', async () => {
      const accepting = await HostUnderTest.start(createHost)
      const { client, events } = await accepting.webSocket()
      const { connection, exchange } = await accepting.exchange({ path: '/' })
      const handler = new RecordingStreamHandler()
      exchange.stream({ status: 200, body: ':' }, handler)

      accepting.host.terminate()

      await Promise.all([client.connection.closed, connection.closed])
      expect((await events.closes.next()).graceful).to.equal(false)
      await handler.aborts.next()
    })
  })
}
