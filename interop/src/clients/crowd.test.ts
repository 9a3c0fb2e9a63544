import { expect } from 'chai'
import { clientKinds, newestOver } from './client-kinds.js'
import { useReferenceServer } from './reference-server-process.js'
import { describeOnEachServer } from './server-kinds.js'
import { useClients } from './test-client.js'

describeOnEachServer('a crowd of 200 clients of every kind', serverKind => {
  const server = useReferenceServer(serverKind)
  const clients = useClients(server)

  it('gets every broadcast, each client all of them and in order', async () => {
    const kinds = Array.from({ length: 200 }, (_, number) => clientKinds[number % clientKinds.length]!)
    const crowd = await Promise.all(kinds.map(kind => clients.connect('/bench', kind)))
    const speaker = await clients.connect('/bench', newestOver('WebSockets'))
    const texts = Array.from({ length: 50 }, (_, number) => `broadcast ${number}`)
    await Promise.all(texts.map(text => speaker.invoke('Broadcast', text)))
    const expected = texts.map(text => [text])
    for (const client of [speaker, ...crowd])
      expect(await client.received('Message', texts.length)).to.deep.equal(expected)
  })

  it('talks all at once, and everyone hears everyone', async () => {
    const kinds = Array.from({ length: 50 }, (_, number) => clientKinds[number % clientKinds.length]!)
    const crowd = await Promise.all(kinds.map(kind => clients.connect('/bench', kind)))
    await Promise.all(crowd.map((client, number) => client.invoke('Broadcast', `from ${number}`)))
    const expected = crowd.map((_, number) => `from ${number}`).sort()
    for (const client of crowd) {
      const heard = await client.received('Message', crowd.length)
      expect(heard.map(([text]) => text).sort()).to.deep.equal(expected)
    }
  })
})
