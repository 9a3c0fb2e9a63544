import { expect } from 'chai'
import { clientKinds } from './client-kinds.js'
import { within } from './deadline.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { useClients } from './test-client.js'

const nameIdentifier = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'

/** What a client is given to show a token that the server issues. */
async function withToken(server: { readonly url: string }, query: string) {
  const token = await (await fetch(`${server.url}/generateJwtToken?${query}`)).text()
  return { accessTokenFactory: () => token }
}

describeOnEachServer('bearer tokens', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  for (const kind of clientKinds) {
    describe(`of ${kind.title}`, () => {
      it('let it into a guarded hub, which knows the user', async () => {
        const client = await clients.connect('/authorizedhub', kind, await withToken(server, 'user=ann&seconds=60'))
        expect(await client.invoke('Echo', 'hello')).to.equal('hello')
        expect(await client.invoke('GetUserNameIdentifier')).to.equal('ann')
        expect(await client.invoke('GetUserClaim', nameIdentifier)).to.equal('ann')
      })

      it('are asked for by a guarded hub, and must not have expired', async () => {
        for (const options of [{}, await withToken(server, 'seconds=-60')]) {
          const outcome = await clients
            .build('/authorizedhub', kind, options)
            .start()
            .catch((error: Error) => error.message)
          expect(outcome).to.contain("Unauthorized: Status code '401'")
        }
      })

      it('open guarded methods only to those in the role', async () => {
        const admin = await clients.connect('/probe', kind, await withToken(server, 'seconds=60&role=admin'))
        expect(await admin.invoke('Guarded')).to.equal('guarded')
        for (const options of [{}, await withToken(server, 'seconds=60&role=guest')]) {
          const other = await clients.connect('/probe', kind, options)
          expect(await other.errorOf('Guarded')).to.equal("Failed to invoke 'Guarded' because user is unauthorized")
        }
      })
    })
  }
})

describeOnEachServer('bearer tokens that expire while their connection is open', serverKind => {
  const server = useReferenceServer(serverKind, '--set', 'closeOnAuthenticationExpiration=true')
  const clients = useClients(server)

  it('end it when the server is told to', async () => {
    const options = await withToken(server, 'seconds=3')
    const all = await Promise.all(clientKinds.map(kind => clients.connect('/authorizedhub', kind, options)))
    for (const client of all) expect(await client.invoke('Echo', 'in time')).to.equal('in time')
    await within(Promise.all(all.map(client => client.closed)), 'every connection to close', 15_000)
  }).timeout(20_000)
})
