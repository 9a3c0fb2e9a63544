import { expect } from 'chai'
import { clientKinds, newestOver } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { type TestClient, useClients } from './test-client.js'

/** The text of the error with which the connection does not start. */
async function refusalOf(client: TestClient): Promise<string> {
  const outcome = await client.start().catch((error: Error) => error.message)
  if (typeof outcome === 'string') return outcome
  throw new Error('the connection has started')
}

describeOnEachServer('connecting', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  for (const kind of clientKinds) {
    describe(`with ${kind.title}`, () => {
      it('brings back the cookies of negotiate, except the expired one', async () => {
        const client = await clients.connect('/testhub', kind)
        expect(await client.invoke('GetCookie', 'testCookie')).to.equal('testValue')
        expect(await client.invoke('GetCookie', 'testCookie2')).to.equal('testValue2')
        expect(await client.invoke('GetCookie', 'expiredCookie')).to.equal(null)
      })

      it('carries headers of the application to the hub', async () => {
        const client = await clients.connect('/testhub', kind, { headers: { 'X-Tenant': 'Smith & sons; 42' } })
        expect(await client.invoke('GetHeader', 'x-tenant')).to.equal('Smith & sons; 42')
        expect(await client.invoke('GetHeader', 'X-Nothing')).to.equal(null)
      })

      it('follows the redirect of a negotiate', async () => {
        const path = `/redirect?baseUrl=${encodeURIComponent(server.url)}`
        const first = await clients.connect(path, kind)
        const second = await clients.connect(path, kind)
        const count = await first.invoke<number>('GetNumRedirects')
        expect(await second.invoke('GetNumRedirects')).to.equal(count + 1)
        expect(await second.invoke('GetActiveTransportName')).to.equal(kind.transport)
      })

      it('explains a negotiate that is refused', async () => {
        expect(await refusalOf(clients.build('/bad-negotiate', kind))).to.contain(
          "Some response from server: Status code '400'",
        )
        expect(await refusalOf(clients.build('/nothing-here', kind))).to.contain("Status code '404'")
      })

      it('may start, stop and start again', async () => {
        const client = await clients.connect('/testhub', kind)
        const firstId = client.connection.connectionId
        await client.connection.stop()
        await client.start()
        expect(client.connection.connectionId).not.to.equal(firstId)
        expect(await client.invoke('Echo', 'again')).to.equal('again')
      })

      if (kind.transport === 'WebSockets') {
        it('needs no negotiate', async () => {
          const client = await clients.connect('/testhub', kind, { skipNegotiation: true })
          expect(client.connection.connectionId).to.equal(null)
          expect(await client.invoke('GetCallerConnectionId'))
            .to.be.a('string')
            .with.lengthOf(22)
          expect(await client.invoke('GetCookie', 'testCookie')).to.equal(null)
        })

        it('is refused where the hub offers no WebSockets', async () => {
          expect(await refusalOf(clients.build('/testhub-nowebsockets', kind))).to.contain(
            'Unable to connect to the server with any of the available transports.',
          )
        })

        // MessagePack cannot: Server-Sent Events carry text only.
        const nextBest = kind.protocol === 'json' ? 'ServerSentEvents' : 'LongPolling'
        it(`falls back to ${nextBest} where the hub offers no WebSockets`, async () => {
          const { WebSockets, ServerSentEvents, LongPolling } = kind.signalR.HttpTransportType
          const transport = WebSockets | ServerSentEvents | LongPolling
          const client = await clients.connect('/testhub-nowebsockets', kind, { transport })
          expect(await client.invoke('GetActiveTransportName')).to.equal(nextBest)
        })
      }
    })
  }
})

describeOnEachServer('the origins that may connect', serverKind => {
  const server = useReferenceServer(serverKind, '--set', 'allowedOrigins=http://good.example')
  const clients = useClients(server)
  const openFrom = (origin: string) =>
    clients.build('/testhub', newestOver('WebSockets'), { skipNegotiation: true, headers: { Origin: origin } })

  it('open WebSockets when they are listed', async () => {
    const client = await openFrom('http://good.example').start()
    expect(await client.invoke('Echo', 'welcome')).to.equal('welcome')
  })

  it('open none otherwise', async () => {
    expect(await refusalOf(openFrom('http://evil.example'))).to.contain('WebSocket failed to connect.')
  })
})
